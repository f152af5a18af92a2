/** What the scripts share. No dependencies: they run before anything is installed. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Where stamps are kept; goes away with node_modules. */
const STAMPS = join(ROOT, 'node_modules', '.mapaudit');

/** The oldest Node that works, as package.json says it. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `mapaudit needs Node 20.19 or newer; this is ${process.versions.node} (${process.execPath}).`,
  );
  process.exit(1);
}

/** A command with its output on the terminal. Resolves with the exit code, 127 when there is no such command. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** `run` of what needs a network: a network may fail once. Resolves with the last exit code. */
export async function runOverNetwork(command, args, options = {}) {
  let code = await run(command, args, options);
  for (let again = 0; again < 2 && code !== 0 && code !== 127; again++) {
    console.error(`${command} ${args[0]} ended with exit code ${code}; once more …`);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    code = await run(command, args, options);
  }
  return code;
}

/** For `run`: stdout may be someone's data. */
export const TO_STDERR = { stdio: ['ignore', 2, 2] };

/** A command's output, or undefined when it failed or is not there. */
export function output(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    ...options,
  });
  return result.status === 0 ? result.stdout : undefined;
}

/** A digest of the contents of files and folders below ROOT: names, times and places do not matter. */
export function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesOf).sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesOf(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  const entries = readdirSync(dirname(full), { withFileTypes: true });
  if (!entries.find((entry) => join(dirname(full), entry.name) === full).isDirectory()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
}

/** Times and sizes of files: as long as these stay, so do the contents. Much faster to find than a digest. */
function glance(paths) {
  const facts = paths.flatMap(filesOf).map((path) => {
    const { mtimeMs, size, ino } = statSync(join(ROOT, path));
    return `${path} ${mtimeMs} ${size} ${ino}`;
  });
  return facts.sort().join('\n');
}

/** What was noted the last time; nothing when that was never, or noted otherwise. */
function stampAt(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

/** Does `make` unless it was done with the same contents of `paths` before and the result is still `there`. */
export async function onceFor(name, paths, there, make) {
  const stamp = join(STAMPS, name);
  const seen = glance(paths);
  const before = there ? stampAt(stamp) : {};
  if (before.seen === seen) return false;
  const wanted = digest(paths);
  const fresh = before.digest !== wanted;
  if (fresh) await make();
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(stamp, JSON.stringify({ digest: wanted, seen }));
  return fresh;
}

/** Installs what package-lock.json names, unless that was done. */
export async function install() {
  const installed =
    existsSync(join(ROOT, 'node_modules', 'esbuild')) && existsSync(join(ROOT, 'node_modules', 'koffi'));
  await onceFor('installed', ['package-lock.json'], installed, async () => {
    if (installed && matchesLock()) return;
    refuseLinkedModules(ROOT);
    console.error('Installing what package-lock.json names (npm ci) …');
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
    const code = await runOverNetwork('npm', args, TO_STDERR);
    if (code !== 0)
      throw new Error(`npm ci failed (exit code ${code}). A registry that can be reached is needed once.`);
  });
}

/**
 * npm ci empties node_modules before it fills it: through a symbolic link it would empty that of another
 * checkout, which then lacks what it needs while it may be in use. Throws for a link, whatever it leads to.
 */
export function refuseLinkedModules(root) {
  const path = join(root, 'node_modules');
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  throw new Error(
    `${path} is a symbolic link to ${readlinkSync(path)}, and npm ci would empty what lies there. ` +
      'Remove the link (rm node_modules) for packages of its own, or run npm ci where it leads to.',
  );
}

/** npm writes down what it installed; the same packages in the same versions need no second install. */
function matchesLock() {
  try {
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
    const there = JSON.parse(readFileSync(join(ROOT, 'node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(lock).every(([path, { version, optional }]) => {
      return path === '' || (optional && !there[path]) || there[path]?.version === version;
    });
  } catch {
    return false;
  }
}
