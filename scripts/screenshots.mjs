/** Pictures of the page for docs/screenshots: `node scripts/screenshots.mjs [folder]`. */
import { join } from 'node:path';
import { build } from './build.mjs';
import { ROOT, run } from './lib.mjs';

await build();
const script = join(ROOT, 'scripts', 'screenshots.ts');
process.exitCode = await run(process.execPath, ['--import', 'tsx', script, ...process.argv.slice(2)]);
