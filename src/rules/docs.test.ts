import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadRules } from './load.ts';

const text = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml]) => yaml ?? '');

it('has examples', () => {
  expect(examples.length).toBeGreaterThan(2);
});

it.each(examples)('an example of docs/rules.md is in order', (yaml) => {
  expect(() => loadRules(yaml, 'docs/rules.md')).not.toThrow();
});
