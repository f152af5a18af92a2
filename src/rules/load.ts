import { isMap, LineCounter, parseDocument } from 'yaml';
import type { Action, Expectation, Rule, RulesFile } from './definition.ts';
import { readAction } from './read/action.ts';
import { Fields } from './read/fields.ts';
import { Problems, suggestion } from './read/problems.ts';
import { readRule } from './read/rule.ts';

/** Larger than anyone writes. */
const MOST_CHARACTERS = 1 << 20;
const MOST_RULES = 500;

/**
 * Reads a file of rules: YAML 1.2 with `rules`, and if wanted `actions` and `expect`. `path` is for messages alone.
 * Error: `rules-invalid`, with line, column and what was probably meant for each problem.
 */
export function loadRules(text: string, path: string): RulesFile {
  const problems = new Problems(path);
  const lines = new LineCounter();
  if (text.length > MOST_CHARACTERS)
    problems.add({ line: 1, column: 1, message: 'the file is larger than 1 MB' });
  problems.throwIfAny();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const told = new Set<string>();
  for (const { message, pos } of [...document.errors, ...document.warnings]) {
    const { line, col } = lines.linePos(pos[0]);
    const first = message.split('\n')[0] ?? message;
    const what = /call stack/i.test(first) ? 'brackets stand in brackets too often' : first;
    // A parser that has lost its way says the same of every character of a line.
    if (told.has(`${line}:${what}`)) continue;
    told.add(`${line}:${what}`);
    problems.add({ line, column: col, message: what });
  }
  problems.throwIfAny();
  if (!isMap(document.contents)) {
    problems.add({
      line: 1,
      column: 1,
      message: 'the file has no fields',
      hint: 'It begins with version: 1 and rules:',
    });
    problems.throwIfAny();
    return { path, rules: [], disabled: [], actions: [], expect: undefined };
  }
  const file = readFile(new Fields(document.contents, 'the file', { lines, problems }));
  problems.throwIfAny();
  return { ...file, path };
}

function readFile(fields: Fields): Omit<RulesFile, 'path'> {
  if (fields.has('version') && fields.count('version') !== 1)
    fields.problemAt('version', 'only version 1 is known');
  fields.needs('rules', 'List them: rules: [{name: …, kind: rate, …}]');
  const blocks = fields.maps('rules', 'a rule');
  if (blocks.length > MOST_RULES)
    fields.problemAt('rules', `at most ${MOST_RULES} rules can stand in a file`);
  const read = blocks.map(readRule);
  const actionBlocks = fields.maps('actions', 'an action');
  const actions = actionBlocks.map(readAction);
  const names = read.map(({ name }) => name);
  const actionNames = actions.map((action) => action?.name ?? '');
  noteRepeated(blocks, names, 'rule');
  noteRepeated(actionBlocks, actionNames, 'action');
  for (const [i, { rule }] of read.entries())
    for (const name of rule?.actions ?? [])
      if (!actionNames.includes(name))
        blocks[i]?.problemAt('actions', `there is no action "${name}"`, suggestion(name, actionNames));
  const expect = fields.has('expect') ? expectOf(fields, names) : undefined;
  fields.done();
  return {
    rules: read.flatMap(({ rule, enabled }): Rule[] => (rule !== undefined && enabled ? [rule] : [])),
    disabled: read.flatMap(({ name, enabled }) => (enabled ? [] : [name])),
    actions: actions.flatMap((action): Action[] => (action === undefined ? [] : [action])),
    expect,
  };
}

function noteRepeated(blocks: readonly Fields[], names: readonly string[], what: string): void {
  for (const [i, name] of names.entries())
    if (name !== '' && names.indexOf(name) < i)
      blocks[i]?.problemAt('name', `there is another ${what} with the name ${name}`);
}

function expectOf(fields: Fields, names: readonly string[]): Expectation {
  const expect = fields.map('expect');
  const listed = (field: string): readonly string[] => {
    const wanted = expect?.texts(field) ?? [];
    for (const name of wanted)
      if (!names.includes(name))
        expect?.problemAt(field, `there is no rule "${name}"`, suggestion(name, names));
    return wanted;
  };
  const expectation = { fires: listed('fires'), recovers: listed('recovers'), silent: listed('silent') };
  expect?.done();
  for (const name of expectation.silent)
    if (expectation.fires.includes(name) || expectation.recovers.includes(name))
      expect?.problemAt('silent', `${name} cannot both fire and be silent`);
  return expectation;
}
