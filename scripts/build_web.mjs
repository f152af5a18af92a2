/** Bundles web/ into a folder of files that name each other by their content: the page that `mapaudit serve` shows. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from './lib.mjs';

const WEB = join(ROOT, 'web');

/** Throws where it does not compile. */
export async function buildWeb(folder) {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    entryPoints: { app: join(WEB, 'main.tsx') },
    outdir: join(folder, 'assets'),
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    // A package asks for the name of a class of another.
    keepNames: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022', 'chrome111', 'firefox121', 'safari16.4'],
    jsx: 'automatic',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    metafile: true,
    logLevel: 'warning',
  });
  const made = Object.keys(metafile.outputs).map((path) => basename(path));
  const named = (ending) => `assets/${made.find((name) => name.endsWith(ending))}`;
  const page = readFileSync(join(WEB, 'index.html'), 'utf8')
    .replace('%STYLE%', named('.css'))
    .replace('%SCRIPT%', named('.js'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.html'), page);
  copyFileSync(join(WEB, 'favicon.svg'), join(folder, 'favicon.svg'));
  writeFileSync(join(folder, 'licenses.txt'), licenses(Object.keys(metafile.inputs)));
}

/** What the packages in the bundle ask to be passed on. */
function licenses(inputs) {
  const names = new Set(inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
  return [...names]
    .sort()
    .map((name) => {
      const folder = join(ROOT, 'node_modules', name);
      const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
      const text =
        file === undefined || !existsSync(join(folder, file)) ? '' : readFileSync(join(folder, file), 'utf8');
      return `${name} ${version} (${license})\n\n${text.trim()}\n`;
    })
    .join(`\n${'-'.repeat(72)}\n\n`);
}
