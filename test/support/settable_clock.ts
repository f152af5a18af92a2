import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sets what a process takes for the wall clock, once the file that is named in `CLOCK_SET` is there, by what it says. */
const SET = `
const { existsSync, readFileSync } = require('node:fs');
const now = Date.now.bind(Date);
let [by, looked] = [0, 0];
Date.now = () => {
  const file = process.env.CLOCK_SET;
  if (by === 0 && file !== undefined && performance.now() - looked > 50) {
    looked = performance.now();
    if (existsSync(file)) by = Number(readFileSync(file, 'utf8'));
  }
  return now() + by;
};
`;

/** What a process of Node takes for the wall clock, under the hand of a test. */
export interface SettableClock {
  /** For the environment of the process. */
  readonly env: { readonly NODE_OPTIONS: string; readonly CLOCK_SET: string };
  /** Sets it once, by milliseconds. */
  set(byMs: number): void;
}

/** What it needs lies in the folder. */
export function settableClock(folder: string): SettableClock {
  const [hook, file] = [join(folder, 'set.cjs'), join(folder, 'set_by')];
  writeFileSync(hook, SET);
  return {
    env: { NODE_OPTIONS: `--require ${hook}`, CLOCK_SET: file },
    set: (byMs) => writeFileSync(file, String(byMs)),
  };
}
