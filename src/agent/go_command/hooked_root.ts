import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { MapauditError, messageOf } from '../../base/errors.ts';
import { makeOverlay, type Overlay } from '../../probe/build/overlay/overlay.ts';
import type { HookTemplates } from '../../probe/build/overlay/templates.ts';
import { packageFile } from '../../sys/package_file.ts';
import { completeFolder, type FolderContent, putFile } from './kept_folder.ts';
import type { Toolchain } from './toolchain.ts';
import { moved, type Replacements } from './user_overlay.ts';

/** Where a hooked build finds Go and the files that stand in place of Go's own. */
export interface HookedRoot {
  /** A link to the toolchain: keys of an overlay beneath the module cache are refused from Go 1.25 on. */
  readonly goroot: string;
  /** For `-overlay`. */
  readonly overlay: string;
  /** Import paths of those packages that have files of ours. */
  readonly packages: readonly string[];
}

/**
 * Makes both, or finds them made. They lie under a name that follows from all that is in them, so that the build
 * cache knows them again, and two builds at once do not disturb each other. Errors: `unknown-runtime`, `cache`.
 */
export function hookedRoot(toolchain: Toolchain, own: Replacements): HookedRoot {
  const real = realpathSync(toolchain.goroot);
  const theirs = moved(own, [toolchain.goroot, real], '/');
  const files = makeOverlay(toolchain.version, (path) => sourceOf(path, real, theirs), templates());
  const folder = join(cacheFolder(), `go1.${toolchain.version.minor}-${hashOf(real, files)}`);
  try {
    completeFolder(folder, contentOf(folder, real, stamped(files, folder)));
    const goroot = join(folder, 'goroot');
    const packages = [...new Set([...files.keys()].map((path) => dirname(path)))];
    if (own.size === 0) return { goroot, overlay: join(folder, 'overlay.json'), packages };
    return { goroot, overlay: merge(folder, moved(own, [toolchain.goroot, real], goroot), files), packages };
  } catch (cause) {
    throw new MapauditError('cache', `${folder}: ${messageOf(cause)}`, {
      hint: 'XDG_CACHE_HOME says where mapaudit may keep the files of a build.',
      cause,
    });
  }
}

/** A file of GOROOT/src, or what the user has put in its place. */
function sourceOf(path: string, goroot: string, theirs: Replacements): string | undefined {
  const file = theirs.get(`/src/${path}`) ?? join(goroot, 'src', path);
  return file !== '' && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function templates(): HookTemplates {
  const text = (name: string): string => {
    const path = packageFile(`go/hook/${name}`);
    if (path === undefined) throw new MapauditError('broken-install', `go/hook/${name} is missing`);
    return readFileSync(path, 'utf8');
  };
  return {
    core: text('core.go.txt'),
    linux: text('linux.go.txt'),
    race: text('race.go.txt'),
    leaks: text('leaks.go.txt'),
  };
}

function cacheFolder(): string {
  const named = process.env['XDG_CACHE_HOME'] ?? '';
  return join(named.startsWith('/') ? named : join(homedir(), '.cache'), 'mapaudit', 'go');
}

function hashOf(goroot: string, files: Overlay): string {
  const hash = createHash('sha256').update(goroot);
  for (const [path, text] of files) hash.update(`\0${path}\0`).update(text);
  return hash.digest('hex').slice(0, 20);
}

/**
 * Go's build cache does not look at where files of GOROOT lie; compiled, they have that path in them all the same when they
 * are of an overlay. A cached package would name another folder, and one that is compiled anew for a plugin would not be
 * the same any more. With the folder's mark in them, packages are of one folder alone.
 */
function stamped(files: Overlay, folder: string): Overlay {
  const mark = createHash('sha256').update(folder).digest('hex').slice(0, 20);
  return new Map([...files].map(([path, text]) => [path, `${text}\n// mapaudit: ${mark}\n`]));
}

/** What a build needs of us. */
const contentOf = (folder: string, goroot: string, files: Overlay): FolderContent => ({
  links: new Map([['goroot', goroot]]),
  files: new Map([
    ...[...files].map(([path, text]) => [join('src', path), text] as const),
    ['overlay.json', overlayJson(replacements(folder, files))],
  ]),
});

const replacements = (folder: string, files: Overlay): Replacements =>
  new Map([...files.keys()].map((path) => [join(folder, 'goroot', 'src', path), join(folder, 'src', path)]));

/** Ours go on top of theirs: theirs have been taken into ours. */
function merge(folder: string, theirs: Replacements, files: Overlay): string {
  const text = overlayJson(new Map([...theirs, ...replacements(folder, files)]));
  const path = join(folder, `overlay-${createHash('sha256').update(text).digest('hex').slice(0, 20)}.json`);
  putFile(path, text);
  return path;
}

const overlayJson = (all: Replacements): string =>
  JSON.stringify({ Replace: Object.fromEntries(all) }, null, 1);
