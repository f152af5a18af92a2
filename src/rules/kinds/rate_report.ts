import type { Evidence } from '../../model/finding.ts';
import { rate as rateText, spoken } from '../../protocol/text/numbers.ts';
import { OP_WORDS, percent } from '../../protocol/text/words.ts';
import type { Report } from '../alerts.ts';
import type { RateRule } from '../definition.ts';
import { opsWords, partWords, prefixWords, rateOf, sampledWords, siteWords, typeWords } from '../words.ts';
import type { Measured } from './rate_condition.ts';
import type { RateState } from './rate_state.ts';

/** What is told of a rate: numbers first, then where it comes from. */
export function rateReport(rule: RateRule, measured: Measured, state: RateState, now: number): Report {
  const { windowMs } = rule;
  const sites = state.sites(now, windowMs);
  const top = sites.top();
  const type = state.subject.mapType ?? state.types(now, windowMs).top()?.thing;
  const subject = state.subject;
  const site = subject.site ?? top?.thing;
  const prefix = subject.prefix ?? measured.prefix?.prefix;
  const sentences = [
    rateSentence(rule, measured, state),
    ...(measured.prefix === undefined || rule.share === undefined
      ? []
      : [prefixSentence(rule, measured.prefix, state)]),
    ...againstSentence(rule, measured),
    ...baseSentence(rule, measured),
    ...(top === undefined || subject.site !== undefined
      ? []
      : [`${percent(top.count / sites.total)} of them came from ${siteWords(top.thing)}.`]),
  ];
  const onPrefix =
    prefix === undefined
      ? ''
      : measured.prefix === undefined
        ? ` on keys that begin with ${prefixWords(prefix)}`
        : `, ${percent(measured.prefix.share)} on keys that begin with ${prefixWords(prefix)}`;
  return {
    title: `${rateOf(measured.rate, rule.ops)} on ${typeWords(type)}${site === undefined ? '' : ` from ${siteWords(site)}`}${onPrefix}`,
    evidence: sentences.map((text): Evidence => ({ text, from: now - windowMs, to: now })),
    about: { ...(site === undefined ? {} : { site }), ...(prefix === undefined ? {} : { prefix }) },
  };
}

function rateSentence(rule: RateRule, { rate, countedMs }: Measured, { sampledEvery }: RateState): string {
  const { per, windowMs, ops, above } = rule;
  const limit = above > 0 && (rule.baseline?.times ?? 2) > 1 ? `, more than ${rateText(above)}/s` : '';
  const how =
    per === 'prefix' ? `estimated from sampled events${sampledWords(sampledEvery)}` : 'counted exactly';
  return `${rateOf(rate, ops)} over the last ${spoken(windowMs)}${limit}; ${how}${partWords(countedMs, windowMs)}.`;
}

function prefixSentence(
  { ops }: RateRule,
  { prefix, share, events }: NonNullable<Measured['prefix']>,
  { sampledEvery }: RateState,
): string {
  return `${percent(share)} of ${events.toLocaleString('en-US')} sampled ${opsWords(ops)} were on keys that begin with ${prefixWords(prefix)}${sampledWords(sampledEvery)}.`;
}

function againstSentence({ outweighs }: RateRule, { against }: Measured): readonly string[] {
  if (outweighs === undefined || against === undefined) return [];
  return [`There were ${rateText(against)} ${OP_WORDS[outweighs.op]}/s on the same maps meanwhile.`];
}

function baseSentence(
  { baseline, ops }: RateRule,
  { base, rate, historyMs = 0 }: Measured,
): readonly string[] {
  if (baseline === undefined || base === undefined) return [];
  const what = baseline.of === 'highest' ? 'the most that was seen' : 'the median';
  const times = base === 0 ? 'there were none' : `that is ${(rate / base).toFixed(1)} times as many`;
  return [`In the ${spoken(historyMs)} before, ${what} was ${rateOf(base, ops)}: ${times}.`];
}
