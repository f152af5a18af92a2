/** Compiles src/ into dist/ when their contents differ from the last time: `npm run build`. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digest, install, onceFor, ROOT, run, TO_STDERR } from './lib.mjs';

/** All that decides what stands in dist/. */
const SOURCES = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/** Gives true when something was built. dist/ is replaced as a whole, so that nothing old stays in it. */
export function build() {
  const dist = join(ROOT, 'dist');
  const there = existsSync(join(dist, 'cli', 'main.js'));
  return onceFor('built', digest(SOURCES), there, async () => {
    console.error('Compiling src/ into dist/ …');
    const fresh = join(ROOT, `dist.${process.pid}.tmp`);
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const code = await run(
      process.execPath,
      [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh],
      TO_STDERR,
    );
    if (code === 0) {
      rmSync(dist, { recursive: true, force: true });
      renameSync(fresh, dist);
    }
    rmSync(fresh, { recursive: true, force: true });
    if (code !== 0) throw new Error('src/ does not compile; see above');
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await install();
  await build();
}
