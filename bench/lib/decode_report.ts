import { command, copy, count, decode, delveTime } from './decode.ts';
import { DecodeTarget } from './decode_target.ts';
import { median, short, sleep } from './numbers.ts';
import type { Report } from './report.ts';

const RELEASES: readonly (readonly [string, string])[] = [
  ['1.26.8', 'swiss'],
  ['1.23.12', 'classic'],
];
const WINDOWS = 3;

/** Decoding a large map: against a plain copy of its memory, against Delve, and what the program notices. */
export async function reportDecode(report: Report, entries: number, small: number): Promise<void> {
  report.section(
    'Reading a map of a running program',
    `map[int64]int64 with ${entries.toLocaleString('en')} entries. Every part is read at least twice; "copy" is one process_vm_readv of the same memory in the same pieces. Delve, which stops the program, loads the first ${small.toLocaleString('en')} entries of the same map: all of them would be more than its answer can hold.`,
  );
  const rows: string[][] = [];
  for (const [go, layout] of RELEASES) {
    const from = await DecodeTarget.start(go, entries, small);
    try {
      rows.push(...(await rowsOf(report, from, layout, small)));
    } finally {
      from.stop();
    }
  }
  report.table(['what', 'entries', 'ms', 'ns/entry', '/ copy'], rows);
}

async function rowsOf(
  report: Report,
  from: DecodeTarget,
  layout: string,
  small: number,
): Promise<string[][]> {
  count(from, from.small);
  decode(from, from.small);
  const copied = copy(from, from.large);
  const counted = count(from, from.large);
  const quiet = await longest(from, () => sleep(counted.ms));
  const watched = await longest(from, () => Promise.resolve(count(from, from.large)));
  const decoded = decode(from, from.large);
  const whole = await command(from, from.large);
  const delve = await delveTime(from, 'large', small);
  report.note(
    `${layout}: ${(copied.bytes / 2 ** 20).toFixed(0)} MB of buckets or groups. Longest time that the program stood still, waiting for a processor left out: ` +
      `${short(quiet)} ms when nobody looked, ${short(watched)} ms while all slots were read, ${short(delve.pauseMs)} ms with Delve. ` +
      `mapaudit's memory while it printed all entries as JSON: ${whole.rssMb.toFixed(0)} MB.`,
  );
  report.goal({
    name: `${layout}: all slots / plain copy`,
    measured: counted.ms / copied.ms,
    most: 10,
    unit: '',
  });
  report.goal({
    name: `${layout}: per entry / Delve`,
    measured: decoded.ms / decoded.entries / (delve.ms / delve.entries),
    most: 0.1,
    unit: '',
  });
  report.goal({
    name: `${layout}: pause of the program, beyond what it has by itself`,
    measured: Math.max(0, watched - quiet),
    most: 1,
    unit: ' ms',
  });
  report.goal({
    name: `${layout}: memory of mapaudit while it prints all entries`,
    measured: whole.rssMb,
    most: 512,
    unit: ' MB',
  });
  const row = (what: string, entries: number, ms: number): string[] => [
    `${layout}, ${what}`,
    entries.toFixed(0),
    ms.toFixed(0),
    short((ms * 1e6) / entries),
    entries === counted.entries ? short(ms / copied.ms) : '',
  ];
  return [
    row('plain copy', counted.entries, copied.ms),
    row('all slots', counted.entries, counted.ms),
    row('keys and values as text', decoded.entries, decoded.ms),
    row('mapaudit inspect --json, whole command', counted.entries, whole.ms),
    row(`Delve, the first ${delve.entries.toLocaleString('en')}`, delve.entries, delve.ms),
    row('Delve, all of them at that speed', counted.entries, (delve.ms / delve.entries) * counted.entries),
  ];
}

/** The middle one of some windows: the longest time in each for which the program did not run. */
async function longest(from: DecodeTarget, during: () => Promise<unknown>): Promise<number> {
  const pauses: number[] = [];
  for (let i = 0; i < WINDOWS; i++) {
    await from.longestPause();
    await during();
    pauses.push(await from.longestPause());
  }
  return median(pauses);
}
