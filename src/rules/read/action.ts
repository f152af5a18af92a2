import type { Action, SecretText } from '../definition.ts';
import type { Fields } from './fields.ts';
import { nameOf, SEVERITIES } from './rule.ts';

const ACTION_KINDS = ['log', 'webhook', 'alertmanager', 'exec'] as const;

/** Reads one action. Undefined, with the problem noted, where it makes no sense. */
export function readAction(fields: Fields): Action | undefined {
  fields.needs('name', 'Give it one: name: ops');
  fields.needs('kind', `Write kind: and one of ${ACTION_KINDS.join(', ')}.`);
  const name = nameOf(fields);
  const kind = fields.word('kind', ACTION_KINDS);
  if (kind === undefined) return undefined;
  const frame = {
    name,
    from: fields.word('from', SEVERITIES) ?? 'info',
    resolved: fields.bool('resolved', true),
    timeoutMs: fields.duration('timeout') ?? 10_000,
  } as const;
  const action = ofKind(kind, fields, frame);
  fields.done();
  return action;
}

type Frame = Pick<Action, 'name' | 'from' | 'resolved' | 'timeoutMs'>;

function ofKind(kind: Action['kind'], fields: Fields, frame: Frame): Action {
  switch (kind) {
    case 'log':
      return { ...frame, kind };
    case 'webhook':
      return { ...frame, kind, url: urlOf(fields), headers: headersOf(fields) };
    case 'alertmanager':
      return {
        ...frame,
        kind,
        url: urlOf(fields),
        headers: headersOf(fields),
        labels: labelsOf(fields),
      };
    case 'exec': {
      fields.needs(
        'command',
        'Write the program and its arguments: command: [/usr/local/bin/page, --team, ops]',
      );
      const command = fields.texts('command') ?? [];
      if (fields.has('command') && command.length === 0)
        fields.problemAt('command', 'command names no program', 'No shell reads it: each word stands alone.');
      if (command.some((word) => REFERENCE.test(word)))
        fields.problemAt(
          'command',
          'command has a reference',
          'A program has the environment of mapaudit: let it read NAME, or the file, itself.',
        );
      return { ...frame, kind, command };
    }
  }
}

/** `${env:NAME}` or `${file:PATH}`; a shell's `${file:-default}` is none. */
const REFERENCE = /\$\{(?:env|file):[^-=+?}][^}]*\}/;

/** They go to whoever reads the alert. */
function labelsOf(fields: Fields): Readonly<Record<string, string>> {
  const labels = fields.textMap('labels');
  if (Object.values(labels).some((value) => REFERENCE.test(value)))
    fields.problemAt(
      'labels',
      'labels have a reference',
      'They are no place for secrets: write the value itself.',
    );
  return labels;
}

function urlOf(fields: Fields): SecretText {
  fields.needs('url', 'Write where to: url: https://example.com/hook, or url: ${env:HOOK_URL}');
  const template = fields.text('url') ?? '';
  if (template !== '' && !template.includes('${') && !isHttp(template))
    fields.problemAt('url', 'url must begin with http:// or https://');
  checkTemplate(template, 'url', fields);
  if (hasPassword(template))
    fields.problemAt(
      'url',
      'url holds a password',
      'Keep secrets out of the file: ${env:NAME} or ${file:PATH}.',
    );
  return { template };
}

/** What a header may hold as it stands; all else could be a secret, and has to be named by its place. */
const PLAIN_HEADERS = /^(?:accept|content-type|user-agent|x-scope-orgid)$/i;

function headersOf(fields: Fields): Readonly<Record<string, SecretText>> {
  const headers = fields.textMap('headers');
  for (const [name, template] of Object.entries(headers)) {
    checkTemplate(template, 'headers', fields);
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      fields.problemAt('headers', `a header cannot be named "${name}"`);
    else if (!PLAIN_HEADERS.test(name) && !template.includes('${'))
      fields.problemAt(
        'headers',
        `${name} holds its value in the file`,
        'Name its place, since it may be a secret: ${env:NAME} or ${file:PATH}.',
      );
  }
  return Object.fromEntries(Object.entries(headers).map(([name, template]) => [name, { template }]));
}

/** `${env:NAME}` or `${file:PATH}`. */
export const SECRET = /\$\{(env|file):([^}]+)\}/g;

function checkTemplate(template: string, name: string, fields: Fields): void {
  if (/\$\{/.test(template.replaceAll(SECRET, '')))
    fields.problemAt(name, `${name} has a reference that is not known`, 'Write ${env:NAME} or ${file:PATH}.');
}

function isHttp(text: string): boolean {
  return /^https?:\/\/[^\s/]/.test(text);
}

const hasPassword = (text: string): boolean => /^https?:\/\/[^/@\s$]*:[^/@\s$]+@/.test(text);
