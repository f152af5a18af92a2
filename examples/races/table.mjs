/**
 * What -race, the runtime's own check and mapaudit, by each of its probes, see of the programs here, as the table of
 * docs/races.md:
 *   sudo node examples/races/table.mjs             prints it
 *   sudo node examples/races/table.mjs --write     puts it into docs/races.md
 *   … NAME …                                       these rows alone
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOC = join(ROOT, 'docs', 'races.md');
/** Runs of each: what is seen in none of them is not seen. */
const RUNS = 3;
const SECONDS = 4;
/** Rows at a time. */
const SIDE_BY_SIDE = 3;
/** mapaudit is there by then. */
const DELAY = '2s';

const write = process.argv.includes('--write');
const only = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const folder = mkdtempSync(join(tmpdir(), 'mapaudit-races-'));
const build = (name, ...flags) => {
  const path = join(folder, name);
  execFileSync('go', ['build', '-buildvcs=false', ...flags, '-o', path, '.'], { cwd: HERE });
  return path;
};

/** How many of the runs saw something. */
async function seen(run) {
  let count = 0;
  for (let i = 0; i < RUNS; i++) if (await run()) count++;
  return count === 0 ? 'no' : `yes, ${count} of ${RUNS}`;
}

/** With mapaudit's hook in the runtime. */
const buildHooked = () => {
  const path = join(folder, 'hooked');
  const mapaudit = join(ROOT, 'bin/mapaudit');
  execFileSync(process.execPath, [mapaudit, 'go', 'build', '-buildvcs=false', '-o', path, '.'], {
    cwd: HERE,
  });
  return path;
};

/** What a program says on stderr in its time. */
async function said(program, name, env = {}) {
  const child = spawn(program, [name, String(SECONDS)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let text = '';
  child.stderr.on('data', (part) => (text += part));
  await once(child, 'close');
  return text;
}

const withRace = async (program, name) => (await said(program, name)).includes('WARNING: DATA RACE');
const untouched = async (program, name) =>
  (await said(program, name)).includes('fatal error: concurrent map');

const withItself = async (program, name) =>
  (await said(program, name, { MAPAUDIT: 'races' })).includes('WARNING: MAP RACE');

/** A program that ends by its race before anybody has looked is begun anew. */
async function withMapaudit(program, name, probe, tries = 5) {
  const child = spawn(program, [name], { stdio: 'ignore', env: { ...process.env, RACES_DELAY: DELAY } });
  const ended = once(child, 'exit');
  const args = [
    'race',
    '-p',
    String(child.pid),
    '--probe',
    probe,
    '--budget',
    '10%',
    '--count',
    '1',
    '--duration',
    `${SECONDS + 2}s`,
  ];
  const race = spawn(process.execPath, [join(ROOT, 'bin/mapaudit'), ...args], { stdio: 'ignore' });
  const [code] = await once(race, 'exit');
  const early = child.exitCode !== null;
  child.kill('SIGKILL');
  await ended;
  if (code !== 2 && early && tries > 1) return withMapaudit(program, name, probe, tries - 1);
  if (code !== 0 && code !== 2 && !early) throw new Error(`mapaudit race ended with ${code} for ${name}`);
  return code === 2;
}

try {
  const [plain, race, hooked] = [build('plain'), build('race', '-race'), buildHooked()];
  const rows = execFileSync(plain, ['list'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([name]) => only.length === 0 || only.includes(name));
  const cells = new Array(rows.length);
  const left = rows.map((row, i) => [i, ...row]);
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [i, name, says] = next;
      const found = [
        await seen(() => withRace(race, name)),
        await seen(() => untouched(plain, name)),
        await seen(() => withMapaudit(plain, name, 'kernel')),
        await seen(() => withMapaudit(plain, name, 'inline')),
        await seen(() => withMapaudit(hooked, name, 'build')),
        await seen(() => withItself(hooked, name)),
      ];
      cells[i] = [`\`${name}\``, says, ...found];
      console.error([name, ...found].join('  '));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  const head = [
    'program',
    'what it does',
    '`-race`',
    'the runtime',
    'kernel probe',
    'inline probe',
    'build hook',
    '`--map-races`',
  ];
  const lines = [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`);
  const table = lines.join('\n');
  console.log(table);
  if (write) {
    const doc = readFileSync(DOC, 'utf8');
    const marked = /(<!-- table:begin -->\n)[\s\S]*(<!-- table:end -->)/;
    if (!marked.test(doc)) throw new Error(`${DOC} has no place for the table`);
    writeFileSync(DOC, doc.replace(marked, `$1\n${table}\n\n$2`));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
