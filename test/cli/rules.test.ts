import { expect, test } from 'vitest';
import { fakeMapaudit } from './child.ts';
import { misfit } from './schemas.ts';

test('rules test shows what fires, and says by its exit code that it was not as expected', async () => {
  const { code, stdout } = await fakeMapaudit(['rules', 'test', 'rules.yaml', 'incident.mapaudit']);
  expect(code).toBe(3);
  expect(stdout).toContain('12:00:10  critical  Delete storm: 2,140 deletes/s');
  expect(stdout).toContain('\\x1b[2J (since 12:00:00)');
  expect(stdout).toContain('delete-storm  fired 1, over 0, 3 times there was too much to follow');
  expect(stdout).toContain('not as expected: delete-storm does not recover');
});

test('its JSON fits the schemas', async () => {
  const { stdout } = await fakeMapaudit(['rules', 'test', 'rules.yaml', 'incident.mapaudit', '--json']);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  expect(lines.map(({ type }) => type)).toEqual(['finding', 'rules_tested']);
  expect(lines.map(misfit)).toEqual([undefined, undefined]);
});

test.each([
  [['rules'], 'what is to be done with rules?'],
  [['rules', 'chek', 'x'], 'Did you mean check?'],
  [['rules', 'check'], 'check which rules?'],
  [['rules', 'test', 'rules.yaml'], 'on which recording?'],
  [['dashboards'], 'where to?'],
])('%j is a mistake that is named', async (args, message) => {
  const { code, stderr } = await fakeMapaudit(args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
