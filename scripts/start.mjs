/**
 * `npm start`: the demo. Installs and builds what is needed, starts the shop of examples/, audits it for some
 * seconds, and says what is to be seen and what to type next.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from './build.mjs';
import { checkNode, install, onceFor, output, ROOT, run, TO_STDERR } from './lib.mjs';

const SOURCE = join('examples', 'shop');
const FOLDER = join(ROOT, 'node_modules', '.mapaudit');
const SHOP = join(FOLDER, 'shop');
const MAPAUDIT = join(ROOT, 'bin', 'mapaudit');

/** Time for the shop to fill its caches. */
const WARM_UP_MS = 1500;

function say(text = '') {
  console.log(text);
}

/** Ends with a message and what to do. */
function stop(what, ...hints) {
  say(`\n${what}`);
  for (const hint of hints) say(`  ${hint}`);
  process.exit(1);
}

async function buildShop() {
  if (output('go', ['version']) === undefined)
    stop('The demo is a Go program, and there is no go command here.', 'Install Go: https://go.dev/dl');
  mkdirSync(FOLDER, { recursive: true });
  await onceFor('shop-built-hooked', [SOURCE, 'go/hook', 'src/probe/build'], existsSync(SHOP), async () => {
    say(
      `Building ${SOURCE} with ${output('go', ['env', 'GOVERSION'], { cwd: join(ROOT, SOURCE) })?.trim()} …`,
    );
    // With the hook, so that nothing below needs root; under root the kernel probe could do without it.
    const code = await run(process.execPath, [MAPAUDIT, 'go', 'build', '-o', SHOP, './cmd/shop'], {
      cwd: join(ROOT, SOURCE),
      ...TO_STDERR,
    });
    if (code !== 0) stop(`${SOURCE} could not be built; see above.`);
  });
}

/** Starts the shop, which makes its own load, and ends it when the demo ends. */
async function startShop() {
  const shop = spawn(SHOP, [], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.on('exit', () => shop.kill());
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit(0));
  await sleep(WARM_UP_MS);
  if (shop.exitCode !== null || shop.pid === undefined)
    stop('The shop ended right after its start; see above.');
  return shop;
}

/** Runs a mapaudit command and shows it as one would type it. */
async function audit(args, explains) {
  say();
  for (const line of explains) say(`  ${line}`);
  say(`\n$ mapaudit ${args.map((arg) => (/[*$ ]/.test(arg) ? `'${arg}'` : arg)).join(' ')}`);
  return run(process.execPath, [MAPAUDIT, ...args]);
}

checkNode();
await install();
await build();
await buildShop();
const { pid } = await startShop();

say(`
A shop is running here as pid ${pid}: a Go program whose source nobody changed for this; it was built with
"mapaudit go build", which needs no root to look at it. It has a cache of sessions, a rate limiter, a search index and subscriptions, all of them maps, and makes its own load.`);

await audit(
  ['top', '-p', String(pid), '--once', '--duration', '3s'],
  ['First: which maps are busy, and from where? Counted in the program for three seconds.'],
);
await audit(
  ['trace', '-p', String(pid), '--op', 'delete', '--count', '12', '--duration', '10s'],
  [
    'Who deletes, which keys, and were they there? FOUND says whether the key was in the map, LEN how many',
    'entries it had, GOROUTINE which one did it and what that goroutine was started for.',
  ],
);
await audit(
  ['trace', '-p', String(pid), '--op', 'delete', '--count', '1', '--duration', '10s', '--stack'],
  ['The same with the way that led there:'],
);

say(`
The probes are out again, and the shop ran on all the time. To go on, start it and look yourself:

  ${SHOP.slice(ROOT.length + 1)} &
  ./bin/mapaudit top -p $!
  ./bin/mapaudit trace -p $! --op assign --map Session

Your own programs: build them so (./bin/mapaudit go build), or look at any Go program as it is, as root:
  sudo ./bin/mapaudit ps`);
process.exit(0);
