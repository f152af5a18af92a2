import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { manual } from './manual.ts';
import { OPTIONS, usageOf } from './table.ts';

test('docs/cli.md is what the tables say', () => {
  const file = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
  expect(file, 'run: npm run docs').toBe(manual());
});

test('every flag is in the manual', () => {
  for (const option of Object.values(OPTIONS)) expect(manual()).toContain(`\`${usageOf(option)}\``);
});

test('flags are written as their name says', () => {
  for (const [name, option] of Object.entries(OPTIONS)) {
    expect(option.flag).toBe(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  }
});
