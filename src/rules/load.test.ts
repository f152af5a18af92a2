import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES } from './default.ts';
import { loadRules } from './load.ts';

const messageOf = (text: string): string => {
  try {
    loadRules(text, 'r.yaml');
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return 'no error';
};
const rule = (fields: string): string => `version: 1\nrules:\n  - {name: r, ${fields}}\n`;

it('the default rules are in order', () => {
  const { rules, disabled } = loadRules(DEFAULT_RULES, 'default');
  expect(rules.map(({ name }) => name)).toEqual([
    'map-race',
    'delete-storm',
    'delete-surge',
    'map-only-grows',
    'events-lost',
  ]);
  expect(disabled).toHaveLength(5);
});

describe('mistakes are named with line, column and what was meant', () => {
  it.each([
    [
      rule('kind: rate, above: 1, wnidow: 5s'),
      'r.yaml:3:37: a rule has no field "wnidow". Did you mean window?',
    ],
    [rule('kind: rat, above: 1'), 'r.yaml:3:21: "rat" is no kind. Did you mean rate?'],
    [rule('kind: rate, above: lots'), 'r.yaml:3:34: above must be a number a second such as 500 or 500/s'],
    [rule('kind: rate, above: 1, window: 1500ms'), 'a window is whole seconds, from 1s to 10m'],
    [rule('kind: rate, above: 1, where: {type: "("}'), 'type is no regular expression'],
    [rule('kind: rate, above: 1, actions: [op]'), 'there is no action "op"'],
    [rule('kind: race, for: 10s'), 'for has no meaning here: it happens at one moment'],
    [rule('kind: rate'), 'a rule has no above. Say how many a second: above: 500/s'],
    [rule('kind: loss, above: 101%'), 'above must be a share such as 85% or 0.85'],
    [rule('kind: rate, per: site, above: 1, outweighs: {op: assign}'), 'outweighs has no meaning per site'],
    [
      'version: 1\nrules:\n  - {name: a, kind: race}\n  - {name: a, kind: race}\n',
      'r.yaml:4:12: there is another rule',
    ],
    ['version: 1\nrules: [\n', 'r.yaml:'],
    ['', 'the file has no fields'],
    [
      `${rule('kind: race')}actions:\n  - {name: w, kind: webhook, url: "http://x", headers: {authorization: abc}}\n`,
      'authorization holds its value in the file',
    ],
    [
      `${rule('kind: race')}actions:\n  - {name: w, kind: exec, command: [page, "\${env:X}"]}\n`,
      'command has a reference',
    ],
    [
      `${rule('kind: race')}actions:\n  - {name: w, kind: alertmanager, url: "http://x", labels: {team: "\${env:X}"}}\n`,
      'labels have a reference',
    ],
    [
      `${rule('kind: race')}actions:\n  - {name: w, kind: webhook, url: "\${vault:x}"}\n`,
      'url has a reference that is not known',
    ],
    [`${rule('kind: race')}expect: {fires: [q]}\n`, 'there is no rule "q"'],
  ])('%j', (text, wanted) => {
    expect(messageOf(text)).toContain(wanted);
  });
});

it('what a parser says again and again of one line is said once, and of many lines the beginning', () => {
  const deep = messageOf('['.repeat(20_000)).split('\n');
  expect(deep.length).toBeLessThan(10);
  expect(deep.join()).not.toMatch(/call stack/);
  const many = messageOf('rules: 1\n'.repeat(200)).split('\n');
  expect(many).toHaveLength(21);
  expect(many.at(-1)).toMatch(/^and \d+ more$/);
});
