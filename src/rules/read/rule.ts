import type { RaceSeen } from '../../model/feed.ts';
import type { Severity } from '../../model/finding.ts';
import { WRITE_OPS } from '../../model/map_op.ts';
import { type Rule, SEQUENCES, type Where } from '../definition.ts';
import type { Fields } from './fields.ts';
import { atLeast, opsOf, type RuleFrame, windowOf } from './parts.ts';
import { rateRule } from './rate_rule.ts';

export const KINDS = ['rate', 'ratio', 'lifecycle', 'new_site', 'found_ratio', 'race', 'loss'] as const;
export const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];

const RACES: readonly RaceSeen['kind'][] = ['write/write', 'write/read', 'write/iterate', 'write/clear'];
const NAME = /^[a-z][a-z0-9_-]{0,62}$/;

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A rule as it was read. */
export interface ReadRule {
  readonly rule: Rule | undefined;
  readonly name: string;
  readonly enabled: boolean;
}

/** What happens at one moment: nothing of it can be waited for to last. */
const MOMENTS: readonly Rule['kind'][] = ['race', 'new_site'];
const MOMENT_SEQUENCES: readonly string[] = ['write-after-clear', 'delete-while-ranged'];

/** Reads one rule. What is wrong is noted; then there is no use for what comes back. */
export function readRule(fields: Fields): ReadRule {
  fields.needs('name', 'Give it one: name: delete-storm');
  fields.needs('kind', `Write kind: and one of ${KINDS.join(', ')}.`);
  const name = nameOf(fields);
  const enabled = fields.bool('enabled', true);
  const kind = fields.word('kind', KINDS);
  // Fields of a kind that is not known would all be called unknown.
  if (kind === undefined) return { rule: undefined, name, enabled };
  const rule = ofKind(kind, fields, name);
  const isMoment =
    MOMENTS.includes(kind) || (rule.kind === 'lifecycle' && MOMENT_SEQUENCES.includes(rule.sequence));
  if (isMoment && rule.forMs > 0)
    fields.problemAt('for', 'for has no meaning here: it happens at one moment', 'Leave it out.');
  fields.done();
  return { rule, name, enabled };
}

function ofKind(kind: (typeof KINDS)[number], fields: Fields, name: string): Rule {
  switch (kind) {
    case 'rate':
    case 'ratio':
      return rateRule(kind, fields, frameOf(fields, name, 30 * SECOND));
    case 'lifecycle': {
      fields.needs('sequence', `Write sequence: and one of ${SEQUENCES.join(', ')}.`);
      const sequence = fields.word('sequence', SEQUENCES) ?? 'grows-past';
      if (sequence === 'grows-past') fields.needs('entries', 'Say past how many: entries: 1000000');
      return {
        ...frameOf(fields, name, 5 * MINUTE),
        kind,
        sequence,
        withinMs: fields.duration('within') ?? (sequence === 'delete-while-ranged' ? 1 : MINUTE),
        entries: fields.count('entries') ?? 10_000,
        spanMs: atLeast(fields, 'span', 8 * SECOND) ?? 5 * MINUTE,
        startupMs: fields.duration('startup') ?? 2 * MINUTE,
        deletesAtMost: fields.share('deletes_at_most') ?? 0.01,
      };
    }
    case 'new_site':
      return {
        ...frameOf(fields, name, 10 * MINUTE),
        kind,
        ops: opsOf(fields) ?? WRITE_OPS,
        learnMs: fields.duration('learn') ?? 10 * MINUTE,
      };
    case 'found_ratio':
      return foundRatio(fields, name);
    case 'race':
      return {
        ...frameOf(fields, name, 5 * MINUTE),
        kind,
        races: fields.words('races', RACES) ?? RACES,
      };
    case 'loss':
      fields.needs('above', 'Say how much: above: 1%');
      return {
        ...frameOf(fields, name, MINUTE),
        kind,
        windowMs: windowOf(fields, 10 * SECOND),
        above: fields.share('above') ?? 0,
      };
  }
}

function foundRatio(fields: Fields, name: string): Rule {
  const what = fields.has('found_above') ? 'found' : 'not_found';
  fields.needs(
    what === 'found' ? 'found_above' : 'not_found_above',
    'Say how much: not_found_above: 90%, or found_above: 90%',
  );
  return {
    ...frameOf(fields, name, 30 * SECOND),
    kind: 'found_ratio',
    op: fields.word('op', ['delete', 'assign', 'access']) ?? 'delete',
    per: fields.word('per', ['process', 'type', 'map', 'site']) ?? 'type',
    windowMs: windowOf(fields, 10 * SECOND),
    what,
    above: fields.share(what === 'found' ? 'found_above' : 'not_found_above') ?? 0,
    minRate: fields.rate('min_rate') ?? 0,
    minKnown: fields.count('min_events') ?? 50,
  };
}

/** The parts of every rule. */
function frameOf(fields: Fields, name: string, recoveryMs: number): RuleFrame {
  return {
    name,
    title: fields.text('title'),
    severity: fields.word('severity', SEVERITIES) ?? 'warning',
    where: whereOf(fields),
    forMs: fields.duration('for') ?? 0,
    recoveryMs: fields.duration('recovery') ?? recoveryMs,
    actions: fields.texts('actions'),
  };
}

function whereOf(fields: Fields): Where {
  const where = fields.map('where');
  if (where === undefined) return {};
  const process = where.regex('process');
  const type = where.regex('type');
  const site = where.regex('site');
  where.done();
  return {
    ...(process === undefined ? {} : { process }),
    ...(type === undefined ? {} : { type }),
    ...(site === undefined ? {} : { site }),
  };
}

/** Names go into file names of alert rules, labels and identifiers. */
export function nameOf(fields: Fields): string {
  const name = fields.text('name') ?? '';
  if (name !== '' && !NAME.test(name))
    fields.problemAt(
      'name',
      'a name begins with a letter and has small letters, digits, - and _, at most 63',
      `Write ${
        name
          .toLowerCase()
          .replaceAll(/[^a-z0-9_-]+/g, '-')
          .replace(/^[^a-z]+/, '') || 'my-rule'
      }.`,
    );
  return name;
}
