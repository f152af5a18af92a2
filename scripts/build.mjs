/** Bundles src/ and web/ into dist/ when their contents differ from the last time: `npm run build`. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWeb } from './build_web.mjs';
import { install, onceFor, ROOT } from './lib.mjs';

/** All that decides what stands in dist/. */
const SOURCES = [
  'src',
  'web',
  'scripts/build.mjs',
  'scripts/build_web.mjs',
  'tsconfig.json',
  'package-lock.json',
];

/** Gives true when something was built. dist/ is replaced as a whole, so that nothing old stays in it. */
export function build() {
  const dist = join(ROOT, 'dist');
  const there = existsSync(join(dist, 'cli', 'main.js')) && existsSync(join(dist, 'web', 'index.html'));
  return onceFor('built', SOURCES, there, async () => {
    console.error('Building dist/ from src/ and web/ …');
    const fresh = join(ROOT, `dist.${process.pid}.tmp`);
    const code = await bundle(fresh);
    if (code === 0) {
      rmSync(dist, { recursive: true, force: true });
      renameSync(fresh, dist);
    }
    rmSync(fresh, { recursive: true, force: true });
    if (code !== 0) throw new Error('src/ or web/ does not compile; see above');
  });
}

/**
 * Packages in CommonJS that every run needs. An `import` of one makes Node read its whole text for names that it
 * exports, which for a disassembler takes longer than all else at the start; `require` does not.
 */
const COMMONJS = /^(?:commander|iced-x86|koffi)$/;
const throughRequire = {
  name: 'through-require',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: COMMONJS }, ({ path, namespace }) =>
      namespace === 'commonjs' ? { path, external: true } : { path, namespace: 'commonjs' },
    );
    onLoad({ filter: /.*/, namespace: 'commonjs' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
      resolveDir: ROOT,
    }));
  },
};

/**
 * A few files start much faster than three hundred. Types are checked elsewhere (`npm run typecheck`); what
 * is loaded later on purpose (`import()`) stays in files of its own, and packages stay what npm installed.
 */
async function bundle(folder) {
  const { build: esbuild } = await import('esbuild');
  try {
    await esbuild({
      entryPoints: {
        'cli/main': join(ROOT, 'src', 'cli', 'main.ts'),
        // A process of its own: src/agent/service/maps/looker.ts starts it.
        'agent/maps_reader': join(ROOT, 'src', 'agent', 'service', 'maps', 'reader.ts'),
      },
      outdir: folder,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      jsx: 'automatic',
      packages: 'external',
      plugins: [throughRequire],
      banner: {
        js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
      },
      logLevel: 'warning',
    });
    await buildWeb(join(folder, 'web'));
    return 0;
  } catch {
    return 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await install();
  await build();
}
