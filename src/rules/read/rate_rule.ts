import { MAP_OPS } from '../../model/map_op.ts';
import type { BaselineSpec, RateRule } from '../definition.ts';
import type { Fields } from './fields.ts';
import { atLeast, opsOf, perOf, type RuleFrame, windowOf } from './parts.ts';

const MINUTE = 60_000;
/** Windows that a baseline may remember. */
const MOST_SLOTS = 3600;

/** `rate` and `ratio`: the second has a baseline, and may do without a limit of its own. */
export function rateRule(kind: 'rate' | 'ratio', fields: Fields, frame: RuleFrame): RateRule {
  if (kind === 'rate') fields.needs('above', 'Say how many a second: above: 500/s');
  else fields.needs('times', 'Say how much more than before: times: 5x');
  const ops = opsOf(fields) ?? ['delete'];
  const per = perOf(fields);
  const windowMs = windowOf(fields, 5000);
  const above = fields.rate('above') ?? 0;
  const recoverBelow = fields.rate('recover_below') ?? above / 2;
  if (recoverBelow > above)
    fields.problemAt('recover_below', `recover_below is not more than above (${above}/s)`);
  const baseline = kind === 'ratio' ? baselineOf(fields, windowMs) : undefined;
  return {
    ...frame,
    kind,
    ops,
    per,
    windowMs,
    above,
    recoverBelow,
    share: shareOf(fields, per),
    outweighs: outweighsOf(fields, per),
    baseline,
  };
}

function shareOf(fields: Fields, per: RateRule['per']): RateRule['share'] {
  const share = fields.map('one_prefix');
  if (share === undefined) return undefined;
  if (per === 'prefix')
    fields.problemAt('one_prefix', 'one_prefix has no meaning per prefix', 'Count per type, map or site.');
  share.needs('share', 'Write one_prefix: {share: 85%}');
  const atLeast = share.share('share') ?? 1;
  const minEvents = share.count('min_events') ?? 50;
  share.done();
  return { atLeast, minEvents };
}

function outweighsOf(fields: Fields, per: RateRule['per']): RateRule['outweighs'] {
  const outweighs = fields.map('outweighs');
  if (outweighs === undefined) return undefined;
  if (per === 'site' || per === 'prefix')
    fields.problemAt(
      'outweighs',
      `outweighs has no meaning per ${per}: one place does one thing`,
      'Count per type, map or process.',
    );
  outweighs.needs('op', 'Write outweighs: {op: assign, times: 3x}');
  const op = outweighs.word('op', MAP_OPS) ?? 'assign';
  const times = outweighs.times('times') ?? 1;
  outweighs.done();
  return { op, times };
}

function baselineOf(fields: Fields, windowMs: number): BaselineSpec {
  const times = fields.times('times') ?? 1;
  if (times === 1) fields.problemAt('times', 'times is more than 1x, or less for a rate that falls');
  const of = fields.word('of', ['highest', 'median']);
  const spanMs = atLeast(fields, 'baseline', 2 * windowMs) ?? Math.max(30 * MINUTE, 10 * windowMs);
  const historyMs = fields.duration('history') ?? spanMs / 6;
  if (historyMs > spanMs) fields.problemAt('history', 'history is not longer than baseline');
  if (spanMs / windowMs > MOST_SLOTS)
    fields.problemAt('baseline', `a baseline is at most ${MOST_SLOTS} windows long`, 'Take a longer window.');
  if (times < 1 && of === 'highest')
    fields.problemAt('of', 'a rate that falls is compared with the median', 'Write of: median.');
  return { times, of: of ?? (times > 1 ? 'highest' : 'median'), spanMs, historyMs };
}
