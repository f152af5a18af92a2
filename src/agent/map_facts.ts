import type { CountedOp, GrowthFact, MapFacts, SiteCount, SweepFacts } from '../advice/facts.ts';
import { openDebugInfo } from '../go/debug/debug_info.ts';
import { isMapauditError } from '../base/errors.ts';
import { takesLock } from '../go/lock_calls.ts';
import { copiesResult } from '../go/result_copy.ts';
import { findMaps } from '../inspect/find/find_maps.ts';
import type { FoundMap } from '../inspect/find/found_map.ts';
import type { Program } from '../inspect/place/program.ts';
import { addr, fileAddr, hex } from '../model/addr.ts';
import type { FrameOfEvent } from '../model/map_event.ts';
import { memoryFacts } from '../query/advice/memory_facts.ts';
import { partFacts } from '../query/advice/part_facts.ts';
import type { Life, PlaceCount, SeenGrowth } from '../query/advice/life.ts';
import type { ReadCount } from '../query/advice/reads.ts';
import type { Sweep } from '../query/advice/sweeps.ts';
import { inflate } from '../sys/inflate.ts';
import { pause } from '../sys/pause.ts';
import type { Target } from './target.ts';
import type { UsageStream } from './usage_stream.ts';

/** Maps of the runtime's own kinds of operations, all of which are counted. */
const COUNTED: readonly CountedOp[] = ['delete', 'assign', 'clear', 'iterate'];

/** In the last quarter of the time. */
const LATELY = 0.75;

/** A map of one run: seen in operations, found in memory, or both. */
interface Subject {
  readonly address: number;
  readonly type: number;
  readonly life: Life | undefined;
  readonly id: number | undefined;
  readonly found: FoundMap | undefined;
  /** Undefined where they may be another map's, which was at the same address. */
  readonly reads: readonly ReadCount[] | undefined;
}

/** All that is known of each map of a process, after it was observed; of `maps` that were found in its memory too. */
export function gatherFacts(
  stream: UsageStream,
  observedSeconds: number,
  maps: readonly FoundMap[] = findNow(stream),
): MapFacts[] {
  const found = new Map(maps.filter(({ kind }) => kind === 'map').map((one) => [one.header, one]));
  return subjects(stream, found).flatMap((subject) => factsOf(stream, subject, observedSeconds) ?? []);
}

/** Maps that memory leads to now. */
function findNow(stream: UsageStream): readonly FoundMap[] {
  const { binary, bias, memory, types } = stream.target;
  try {
    const debug = openDebugInfo(binary, inflate, types, bias);
    const program: Program = { binary, bias, memory, types, debug };
    return findMaps(program, debug, { stacks: true }).maps;
  } catch (error) {
    // Without debug information maps have no names; what was seen of them is the same.
    if (isMapauditError(error)) return [];
    throw error;
  }
}

function subjects(stream: UsageStream, found: ReadonlyMap<number, FoundMap>): readonly Subject[] {
  const reads = stream.reads.byMap(stream.counters);
  const latest = new Map<number, number>();
  const lives = new Map<number, number>();
  for (const [id, { address }] of stream.usage.lives) {
    latest.set(address, id);
    lives.set(address, (lives.get(address) ?? 0) + 1);
  }
  const subjects = [...stream.usage.lives].map(([id, life]): Subject => {
    const { address } = life;
    const isLast = latest.get(address) === id;
    const only = lives.get(address) === 1;
    const type = life.type === 0 ? (reads.get(address)?.[0]?.type ?? 0) : life.type;
    const one = isLast ? found.get(address) : undefined;
    return { address, type, life, id, found: one, reads: only ? (reads.get(address) ?? []) : undefined };
  });
  for (const [address, one] of found) {
    if (latest.has(address)) continue;
    const type = one.type.descriptor ?? 0;
    subjects.push({
      address,
      type,
      life: undefined,
      id: undefined,
      found: one,
      reads: reads.get(address) ?? [],
    });
  }
  return subjects;
}

function factsOf(stream: UsageStream, subject: Subject, observedSeconds: number): MapFacts | undefined {
  const { target, lines } = stream;
  const { life, found, address, id, reads } = subject;
  const type = target.types.map(addr(subject.type));
  if (type === undefined) return undefined;
  const line = (at: number): FrameOfEvent | undefined => lines.line(target.pid, at);
  // A map that nothing was done to lately, and that nothing is known to hold, may be garbage.
  const isUsed =
    life !== undefined && stream.usage.isLatest(life) && life.lens.lastAt >= LATELY * observedSeconds;
  const isThere = found !== undefined || isUsed;
  const memory = isThere
    ? memoryFacts({ memory: target.memory, type, address: addr(address), pause }, target.types)
    : undefined;
  const key = partFacts(target.types, type.key, type.indirectKey);
  const elem = partFacts(target.types, type.elem, type.indirectElem);
  const isLarge = type.indirectElem;
  const madeAt = life?.made === undefined ? undefined : line(life.made);
  const keyTypes = [...(life?.keyTypes ?? [])].flatMap((one) => target.types.nameOf(addr(one)) ?? []);
  const counts = [
    ...(life?.places ?? []).flatMap((one) => countOf(one, line)),
    ...readsOf(reads ?? [], line, (at) => isLarge && copiesResult(target.binary, fileAddr(at - target.bias))),
  ];
  const lens = lensOf(life, memory?.len, observedSeconds);
  const readers = stream.reads.readers(address).size;
  const returns = life?.returns.facts;
  return {
    kind: 'map',
    pid: target.pid,
    map: {
      ...(id === undefined ? {} : { id }),
      ...(found === undefined ? {} : { name: found.name }),
      address: hex(address),
      type: type.name,
    },
    flavour: target.binary.flavour,
    goMinor: target.binary.version.minor,
    ...(key === undefined ? {} : { key: keyTypes.length === 0 ? key : { ...key, dynamicTypes: keyTypes } }),
    ...(elem === undefined ? {} : { elem }),
    observedSeconds,
    ...(stream.lost > 0 ? { incomplete: true } : {}),
    counted: reads === undefined ? COUNTED : [...COUNTED, 'access'],
    counts,
    ...(lens === undefined ? {} : { lens }),
    memory: { ...memory, unitBytes: memory?.unitBytes ?? unitBytesOf(type.layout) },
    growths: (life?.growths ?? []).map((one) => growthOf(one, line)),
    ...(madeAt === undefined ? {} : { made: { site: madeAt, seen: true } }),
    sweeps: (life?.sweeps.all() ?? []).flatMap((one) => sweepOf(one, line) ?? []),
    ...(returns === undefined ? {} : { returns }),
    ...(reads === undefined || readers === 0 ? {} : { readers }),
    ...(life === undefined ? {} : { writers: life.writers.size }),
    ...(reads !== undefined && reads.length > 0 && found?.owner?.lock !== undefined && isLocked(target, reads)
      ? { lock: { field: found.owner.lock } }
      : {}),
  };
}

/** Whether every place that reads it takes a lock there. That it is the one beside the map is not known. */
const isLocked = ({ binary, bias }: Target, reads: readonly ReadCount[]): boolean =>
  reads.every(({ address }) => takesLock(binary, fileAddr(address - bias)));

type LineOf = (at: number) => FrameOfEvent | undefined;

/** Operations without a line of the program are Go's own, on maps of its own. */
function countOf(
  { op, function: name, address, count, found, missed }: PlaceCount,
  line: LineOf,
): SiteCount[] {
  const site = line(address);
  if (site === undefined || op === 'grow') return [];
  const outcome = op === 'delete' || op === 'assign' ? { found, notFound: missed } : {};
  return [{ op, site, count, function: name, ...outcome }];
}

const readsOf = (
  reads: readonly ReadCount[],
  line: LineOf,
  copies: (returnAddress: number) => boolean,
): SiteCount[] =>
  reads.flatMap(({ function: name, address, count }): SiteCount[] => {
    const site = line(address);
    const read = { op: 'access' as const, count, function: name };
    return site === undefined ? [] : [{ ...read, site, ...(copies(address) ? { copies: true } : {}) }];
  });

function growthOf({ address, ...growth }: SeenGrowth, line: LineOf): GrowthFact {
  const site = line(address);
  return { ...growth, ...(site === undefined ? {} : { site }) };
}

function sweepOf({ loop, site, whole, partial, deleted }: Sweep, line: LineOf): SweepFacts | undefined {
  const [at, from] = [line(site), line(loop)];
  if (at === undefined) return undefined;
  return { site: at, ...(from === undefined ? {} : { loop: from }), whole, partial, deleted };
}

function lensOf(life: Life | undefined, now: number | undefined, seconds: number): MapFacts['lens'] {
  if (life !== undefined) return life.lens.samples(seconds);
  // Nobody has written to it: it has had as many all the time.
  if (now === undefined) return undefined;
  return [
    { atSeconds: 0, len: now },
    { atSeconds: seconds, len: now },
  ];
}

function unitBytesOf(
  layout:
    | { readonly kind: 'classic'; readonly bucketSize: number }
    | { readonly kind: 'swiss'; readonly groupSize: number },
): number {
  return layout.kind === 'classic' ? layout.bucketSize : layout.groupSize;
}
