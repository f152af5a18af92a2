/**
 * Races that open-source projects have had and put right, each at the last version that has it and at one that has
 * not, built from the module proxy with a small driver:
 *   sudo node examples/races/real/run.mjs [NAME …]
 * Exit code 1 when a broken version is not found, or a fixed one is not silent.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CASES = [
  { name: 'echo', module: 'github.com/labstack/echo/v4', broken: 'v4.0.0', fixed: 'v4.1.0' },
  { name: 'gin', module: 'github.com/gin-gonic/gin', broken: 'v1.5.0', fixed: 'v1.6.3' },
  { name: 'mysql', module: 'github.com/go-sql-driver/mysql', broken: 'v1.3.0', fixed: 'v1.4.1' },
];

const HERE = fileURLToPath(new URL('.', import.meta.url));
const MAPAUDIT = fileURLToPath(new URL('../../../bin/mapaudit', import.meta.url));
const SECONDS = 15;
const TRIES = 5;

/** The driver with a version of its module; the path of the program. */
function build({ name, module }, version, folder) {
  const at = join(folder, `${name}-${version}`);
  cpSync(join(HERE, name), at, { recursive: true });
  writeFileSync(
    join(at, 'go.mod'),
    `module example.com/${name}\n\ngo 1.21\n\nrequire ${module} ${version}\n`,
  );
  const go = (...args) => execFileSync('go', args, { cwd: at, stdio: ['ignore', 'pipe', 'pipe'] });
  go('mod', 'tidy');
  const used = execFileSync('go', ['list', '-m', '-f', '{{.Version}}', module], {
    cwd: at,
    encoding: 'utf8',
  });
  if (used.trim() !== version) throw new Error(`${module} ${used.trim()} was built, not ${version}`);
  go('build', '-buildvcs=false', '-o', 'driver', '.');
  return join(at, 'driver');
}

/** The lines of one run; of programs that end before they are looked at, another. */
async function race(program, count, tries = TRIES) {
  const child = spawn(program, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const args = [
    'race',
    '-p',
    String(child.pid),
    '--json',
    '--budget',
    '10%',
    '--duration',
    `${SECONDS}s`,
    ...count,
  ];
  const run = spawn(process.execPath, [MAPAUDIT, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let out = '';
  run.stdout.on('data', (text) => (out += text));
  await once(run, 'close');
  const gone = child.exitCode !== null;
  child.kill('SIGKILL');
  await ended;
  const lines = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const found = lines.filter(({ type }) => type === 'race' || type === 'writing');
  if (!found.some(({ type }) => type === 'race') && gone && tries > 1) return race(program, count, tries - 1);
  return {
    found,
    totals: lines.find(({ type }) => type === 'summary')?.race,
    seconds: (lines.at(-1)?.duration_ms ?? 0) / 1000,
  };
}

const place = ({ caller, op }) =>
  `${op} ${caller?.function} ${caller?.file?.split('/').at(-1)}:${caller?.line}`;

const names = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'mapaudit-real-'));
try {
  for (const one of CASES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const broken = await race(build(one, one.broken, folder), ['--count', '1']);
    const [first] = broken.found.filter(({ type }) => type === 'race');
    const inside = first?.sides.every(({ stack }) => stack.some((frame) => frame.file?.includes(one.module)));
    console.log(
      `${one.module} ${one.broken}: ${first === undefined ? 'NOT FOUND' : `found after ${broken.seconds.toFixed(1)} s`}`,
    );
    if (first !== undefined) for (const side of first.sides) console.log(`  ${place(side)}`);
    const fixed = await race(build(one, one.fixed, folder), []);
    const { operations = 0, watches = 0 } = fixed.totals ?? {};
    const silent = fixed.found.length === 0 && operations > 0;
    console.log(
      `${one.module} ${one.fixed}: ${silent ? 'silent' : 'NOT SILENT'} in ${fixed.seconds.toFixed(0)} s, ${operations} operations, ${watches} watches`,
    );
    for (const line of fixed.found) console.log(`  ${JSON.stringify(line)}`);
    if (!silent || first === undefined || inside !== true) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
