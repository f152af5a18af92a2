import { writeFile } from 'node:fs/promises';
import { manual } from '../src/cli/options/manual.ts';

/** Writes docs/cli.md. A unit test says when it is due. */
await writeFile(new URL('../docs/cli.md', import.meta.url), manual());
