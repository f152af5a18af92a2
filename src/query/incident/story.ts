import type { IncidentReport, RateChange, StorySentence } from '../../protocol/report.ts';
import { counted } from '../../protocol/text/numbers.ts';
import { clockText, OP_WORDS, percent } from '../../protocol/text/words.ts';
import { changeEvidence, perSecond, siteText } from './words.ts';

/** What a report knows before its story is told. */
export type Known = Omit<IncidentReport, 'story'>;

/** A place, or what keys begin with, that makes up so much of a change is said to be where it comes from. */
const MOST_OF = 0.6;
/** From so many growths on one map's growth is told. */
const GROWTHS = 3;
/** And from so many entries on: small maps grow all the time. */
const ENTRIES = 1000;
/** A share of the CPU that is told. */
const CPU_SHARE = 0.05;
const TOLD = 3;

/** What the evidence shows, and nothing that it does not show. With nothing to say it says what was looked at. */
export function storyOf(report: Known): readonly StorySentence[] {
  const told = [
    ...report.changes.slice(0, TOLD).map((change) => changeSentence(change)),
    ...(report.main === undefined ? [] : whereSentences(report, report.main)),
    ...raceSentences(report),
    ...growthSentences(report),
    ...lossSentences(report),
    ...profileSentences(report),
  ];
  return [...(told.length === 0 ? [nothingSentence(report)] : told), ...clockSentences(report)];
}

function changeSentence(change: RateChange): StorySentence {
  const { op, at, before, after } = change;
  const verb = after > before ? 'rose' : 'fell';
  return {
    text: `At ${clockText(at)} ${OP_WORDS[op]} ${verb} from ${perSecond(before)} to ${perSecond(after)}.`,
    evidence: [changeEvidence(change)],
  };
}

function whereSentences({ sites, prefixes, sample }: Known, main: RateChange): StorySentence[] {
  const difference = main.after - main.before;
  const sentences: StorySentence[] = [];
  const site = sites.find((one) => one.op === main.op);
  const share = site === undefined ? 0 : (site.after - site.before) / difference;
  if (site !== undefined && share >= MOST_OF) {
    const map = site.map_type === undefined ? '' : ` on ${site.map_type}`;
    sentences.push({
      text: `${percent(Math.min(1, share))} of that difference comes from ${siteText(site)}${map}${site.before === 0 ? ', which did none before' : ''}.`,
      evidence: [
        `exact counts of that place: ${perSecond(site.before)} before, ${perSecond(site.after)} after`,
      ],
    });
  }
  // The longest of them says most.
  const prefix = prefixes
    .filter((one) => one.op === main.op && (difference > 0 ? one.share_after : one.share_before) >= MOST_OF)
    .reduce<(typeof prefixes)[number] | undefined>(
      (a, b) => (a === undefined || b.key.length > a.key.length ? b : a),
      undefined,
    );
  if (prefix !== undefined) {
    const from =
      sample === 1 ? 'all events with a key' : `a sample of one in ${sample.toLocaleString('en-US')}`;
    sentences.push({
      text: `${percent(prefix.share_after)} of the ${OP_WORDS[main.op]} after it are on keys that begin with ${prefix.key}, before it ${percent(prefix.share_before)}.`,
      evidence: [`keys of ${from}: ${perSecond(prefix.before)} before, ${perSecond(prefix.after)} after`],
    });
  }
  return sentences;
}

const clockSentences = ({ marks }: Known): StorySentence[] =>
  marks
    .filter(({ kind }) => kind === 'clock')
    .slice(0, TOLD)
    .map(({ at, text }) => ({
      text: `At ${clockText(at)} ${text}: times before and after it cannot be compared.`,
      evidence: [
        'each operation stands at the time that the clock had; where times are the same, counts are added',
      ],
    }));

const raceSentences = ({ races, marks }: Known): StorySentence[] =>
  races.slice(0, TOLD).map((text) => ({
    text,
    evidence: [`both stood at the beginning of their operation at the same moment${firstSeen(marks, text)}`],
  }));

function firstSeen(marks: Known['marks'], text: string): string {
  const mark = marks.find((one) => one.kind === 'race' && one.text === text);
  return mark === undefined ? '' : `, first seen at ${clockText(mark.at)}`;
}

const growthSentences = ({ growth }: Known): StorySentence[] =>
  growth
    .filter(({ growths, entries = 0 }) => growths >= GROWTHS && entries >= ENTRIES)
    .slice(0, TOLD)
    .map(({ map_type: type, address, growths, entries = 0, unit, from, to, site }) => {
      const map = `${type === undefined ? 'A map' : `A ${type}`}${address === undefined ? '' : ` (${address})`}`;
      const sizes =
        from === undefined || to === undefined
          ? []
          : [
              `${unit === 'slots' ? 'slots of the table that grew' : 'buckets'}: ${size(from)} before the first, ${size(to)} after the last`,
            ];
      return {
        text: `${map} grew ${counted(growths, 'time')}, and held ${size(entries)} entries before the last.`,
        evidence: [...sizes, ...(site === undefined ? [] : [`the inserts came from ${site}`])],
      };
    });

const size = (n: number): string => n.toLocaleString('en-US');

const lossSentences = ({ lost, events }: Known): StorySentence[] =>
  lost === 0
    ? []
    : [
        {
          text: `${counted(lost, 'event')} were seen and not recorded: keys and stacks here are of the others.`,
          evidence: [
            `${counted(events, 'event')} were recorded; the rates are exact all the same, since the probe counts by itself`,
          ],
        },
      ];

function profileSentences({ profile }: Known): StorySentence[] {
  if (profile === undefined || profile.overlaps === false || profile.map_share < CPU_SHARE) return [];
  const [caller] = profile.callers;
  return [
    {
      text: `Map functions took ${percent(profile.map_share)} of the CPU time in the profile${caller === undefined ? '' : `, ${percent(caller.share)} of it all called from ${caller.function}`}.`,
      evidence: [
        `${profile.file}: ${counted(profile.samples, 'sample')}${caller === undefined ? '' : `; ${caller.function}: ${percent(caller.share)}`}`,
      ],
    },
  ];
}

function nothingSentence({ rates, from, to, races, growth }: Known): StorySentence {
  const seconds = Math.max(0, Math.round((to - from) / 1000));
  const looked = rates.map(({ op, total }) => `${size(total)} ${OP_WORDS[op]}`).join(', ');
  return {
    text: 'Nothing stands out: no rate changed, and nothing else that was recorded explains an incident.',
    evidence: [
      `${counted(seconds, 'second')}; ${looked === '' ? 'no operation was seen' : looked}`,
      seconds < 20
        ? 'in fewer than 20 seconds no change can be told from chance: record longer'
        : 'no rate changed by half or more for at least five seconds beyond its own scatter',
      `${counted(races.length, 'race')}, ${counted(growth.length, 'map')} that grew`,
    ],
  };
}
