import { MapauditError } from '../../base/errors.ts';
import { KEY_FILTER_MAX, type KeyValueFilter, type ProbeOptions } from '../../model/probe.ts';
import type {
  EntrySite,
  ExitSite,
  KeySource,
  ProbePlan,
  ProbeSite,
  Register,
} from '../../model/probe_plan.ts';
import { FACTS_AREA, KEY_AREA, MAX_FRAMES, RECORD_HEAD } from '../../model/record.ts';

/** The read-only data of the program: bpf/config.h in TypeScript. A test compares the two. */
export const MAX_SITES = 256;
export const MAX_PARTS = 4;
export const MAX_BEYOND = 32;
/** Of each CPU, where nobody says otherwise. */
export const COUNTER_SLOTS = 16384;

/** LABELS_AS_* */
const LABELS_AS = { map: 1, list: 2 } as const;

const MODE = { counts: 1, events: 2, both: 3 } as const;

/** Offsets in struct config. */
export const CONFIG = {
  mode: 0,
  record_size: 4,
  frames: 8,
  key_bytes: 12,
  verdicts: 16,
  by_process: 20,
  exits: 24,
  has_goid: 28,
  goid: 32,
  pidns_dev: 40,
  pidns_ino: 48,
  g_stack: 56,
  g_goid: 60,
  g_startpc: 64,
  map_writing: 68,
  map_writing_mask: 72,
  type_direct: 76,
  type_direct_mask: 80,
  key_filter_len: 84,
  key_filter_exact: 88,
  stoppable: 92,
  key_filter: 96,
  map: 160,
  has_map: 168,
  note_bias: 172,
  image_end: 176,
  facts: 184,
  sync: 188,
  key_mask: 192,
  key_is_value: 256,
  labels: 260,
  g_labels: 264,
  counter_slots: 268,
  size: 272,
} as const;

/** Offsets in struct site_config. */
export const SITE = {
  shape: 0,
  key: 1,
  skip_restarts: 2,
  parts: 3,
  exit_register: 4,
  exits: 5,
  beyond: 6,
  table: 7,
  part: 8,
  address: 72,
  keyless: 80,
  map_lost: 81,
  size: 88,
} as const;

/** Offsets in struct beyond. */
export const BEYOND = { start: 0, end: 8, key_at: 16, length_at: 20, key: 24, size: 32 } as const;

/** Argument orders that the program knows: type, map and key register. */
const SHAPES: readonly { readonly type: Register; readonly map: Register }[] = [
  { type: 'RAX', map: 'RBX' },
  { type: 'RBX', map: 'RAX' },
  { type: 'RBX', map: 'RCX' },
];

/** A site in the middle of a function. */
const SHAPE_INSIDE = 3;
/** A method of sync.Map. */
const SHAPE_SYNC = 4;

/** x86 numbers of the registers, as in ModRM. */
const NUMBERS: readonly Register[] = [
  'RAX',
  'RCX',
  'RDX',
  'RBX',
  'RSP',
  'RBP',
  'RSI',
  'RDI',
  'R8',
  'R9',
  'R10',
  'R11',
  'R12',
  'R13',
  'R14',
  'R15', // prettier-ignore
];

/** What is not in the plan or the options. */
export interface Surroundings {
  /** Where the addresses of a binary end that many processes run; undefined where one process is probed. */
  readonly shared: { readonly imageEnd: number; readonly relocated: boolean } | undefined;
  /** Hits can be ended by `stopped` in the control map, before the probes are out. */
  readonly stoppable: boolean;
  readonly pidNamespace: { readonly dev: number; readonly ino: number } | undefined;
}

/** Bytes of an entry record under these options, without the labels of a goroutine that has some. */
export function recordSize(options: Pick<ProbeOptions, 'frames' | 'facts'>): number {
  return RECORD_HEAD + KEY_AREA + (options.facts === true ? FACTS_AREA : 0) + 8 * options.frames;
}

/** Slots of each CPU's table of exact counters. */
export const counterSlots = ({
  mode,
  counterSlots: slots = COUNTER_SLOTS,
}: Pick<ProbeOptions, 'mode' | 'counterSlots'>): number => (mode === 'events' ? 1 : slots);

/** Where the program's read-only data has its variables. */
export interface ConfigPlaces {
  readonly config: number;
  readonly sites: number;
  readonly beyond: number;
}

/** Fills `config`, `sites` and `beyond` into the object's read-only data, whose symbols begin at the given offsets. */
export function fillConfig(
  data: Uint8Array,
  at: ConfigPlaces,
  plan: ProbePlan,
  options: ProbeOptions,
  around: Surroundings,
): void {
  if (options.frames > MAX_FRAMES) throw new Error(`internal: ${options.frames} frames`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const u32 = (field: keyof typeof CONFIG, value: number): void =>
    view.setUint32(at.config + CONFIG[field], value, true);
  const u64 = (field: keyof typeof CONFIG, value: number): void =>
    view.setBigUint64(at.config + CONFIG[field], BigInt(value), true);
  u32('mode', MODE[options.mode]);
  u32('record_size', recordSize(options));
  u32('frames', options.frames);
  u32('key_bytes', options.keyBytes);
  u32('facts', Number(options.facts === true));
  u32('labels', options.labels === true ? LABELS_AS[plan.offsets.labelsForm] : 0);
  u32('counter_slots', counterSlots(options));
  u32('sync', Number(plan.sites.some(isSync)));
  u32('verdicts', Number(options.verdicts));
  u32('by_process', Number(around.shared !== undefined));
  u32('note_bias', Number(around.shared?.relocated === true));
  u64('image_end', around.shared?.imageEnd ?? 0);
  u32('stoppable', Number(around.stoppable));
  u32('exits', Number(plan.sites.some((site) => site.role === 'exit')));
  u32('has_goid', Number(options.goid !== undefined));
  u64('goid', options.goid ?? 0);
  u32('has_map', Number(options.mapAddress !== undefined));
  u64('map', options.mapAddress ?? 0);
  u64('pidns_dev', around.pidNamespace?.dev ?? 0);
  u64('pidns_ino', around.pidNamespace?.ino ?? 0);
  fillOffsets(u32, plan);
  const filter = options.keyText?.bytes.subarray(0, KEY_FILTER_MAX) ?? new Uint8Array(0);
  const whole = filter.length === options.keyText?.bytes.length;
  u32('key_filter_len', filter.length);
  u32('key_filter_exact', Number(options.keyText?.exact === true && whole));
  data.set(filter, at.config + CONFIG.key_filter);
  if (options.keyValue !== undefined) fillValue(data, at.config, options.keyValue, u32);
  const exitOps = new Set(plan.sites.filter((site) => site.role === 'exit').map((site) => site.op));
  for (const site of plan.sites)
    fillSite(data, at.sites + site.index * SITE.size, site, exitOps.has(site.op), options);
  fillBeyond(view, at.beyond, plan);
}

/** In place of a text: bytes beyond the value do not count. */
function fillValue(
  data: Uint8Array,
  at: number,
  { bytes, mask, exact }: KeyValueFilter,
  u32: (field: keyof typeof CONFIG, value: number) => void,
): void {
  const length = Math.min(bytes.length, KEY_FILTER_MAX);
  u32('key_is_value', 1);
  u32('key_filter_len', length);
  u32('key_filter_exact', Number(exact && bytes.length === length));
  data.set(bytes.subarray(0, length), at + CONFIG.key_filter);
  data.set(mask.subarray(0, length), at + CONFIG.key_mask);
}

function fillOffsets(u32: (field: keyof typeof CONFIG, value: number) => void, { offsets }: ProbePlan): void {
  u32('g_stack', offsets.gStackLo);
  u32('g_goid', offsets.gGoid);
  u32('g_startpc', offsets.gStartpc);
  u32('g_labels', offsets.gLabels);
  u32('map_writing', offsets.mapWriting);
  u32('map_writing_mask', offsets.mapWritingMask);
  u32('type_direct', offsets.typeDirectIface);
  u32('type_direct_mask', offsets.typeDirectIfaceMask);
}

/** One list for all sites that look for their caller beyond functions. */
function fillBeyond(view: DataView, at: number, { sites }: ProbePlan): void {
  const wanted = sites.flatMap((site) => (site.role === 'entry' ? (site.callerBeyond ?? []) : []));
  const ranges = new Map(wanted.map((range) => [range.start, range]));
  if (ranges.size > MAX_BEYOND) throw new Error('internal: too many functions to look beyond');
  [...ranges.values()].forEach((range, i) => {
    const here = at + BEYOND.size * i;
    view.setBigInt64(here + BEYOND.start, BigInt(range.start), true);
    view.setBigInt64(here + BEYOND.end, BigInt(range.end), true);
    if (range.spilled === undefined) return;
    view.setInt32(here + BEYOND.key_at, range.spilled.at, true);
    view.setInt32(here + BEYOND.length_at, range.spilled.lengthAt ?? 0, true);
    view.setUint32(here + BEYOND.key, keyNumber(range.spilled.key, range.name), true);
  });
}

function fillSite(
  data: Uint8Array,
  at: number,
  site: ProbeSite,
  exits: boolean,
  { keyless }: ProbeOptions,
): void {
  if (site.index >= MAX_SITES) throw new Error('internal: too many sites');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  view.setBigUint64(at + SITE.address, BigInt(site.address), true);
  if (site.role === 'exit') fillExit(data, at, site);
  else fillEntry(data, at, site, exits);
  data[at + SITE.keyless] = Number(keyless === true && site.role === 'entry' && site.key.kind === 'none');
}

function fillExit(data: Uint8Array, at: number, site: ExitSite): void {
  data[at + SITE.exit_register] = NUMBERS.indexOf(site.map);
  data[at + SITE.table] = Number(site.table === true);
  data[at + SITE.map_lost] = Number(site.mapLost === true);
}

function fillEntry(data: Uint8Array, at: number, site: EntrySite, exits: boolean): void {
  const shape = shapeOf(site);
  if (site.inside === true) data[at + SITE.exit_register] = NUMBERS.indexOf(site.map);
  if (site.table !== undefined) data[at + SITE.table] = 1 + NUMBERS.indexOf(site.table);
  if (shape < 0 || site.partOf.length > MAX_PARTS) throw unsupported(site.function);
  data[at + SITE.shape] = shape;
  data[at + SITE.key] = keyNumber(site.key, site.function);
  data[at + SITE.skip_restarts] = Number(site.skipRestarts);
  data[at + SITE.parts] = site.partOf.length;
  data[at + SITE.exits] = Number(exits && !isSync(site));
  data[at + SITE.beyond] = Number((site.callerBeyond ?? []).length > 0);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  site.partOf.forEach((part, i) => {
    view.setBigInt64(at + SITE.part + 16 * i, BigInt(part.start - site.address), true);
    view.setBigInt64(at + SITE.part + 16 * i + 8, BigInt(part.end - site.address), true);
  });
}

/** SHAPE_*, or a negative number. */
function shapeOf(site: EntrySite): number {
  if (site.inside === true) return SHAPE_INSIDE;
  if (isSync(site)) return site.map === 'RAX' ? SHAPE_SYNC : -1;
  return SHAPES.findIndex((s) => s.map === site.map && (site.type === undefined || s.type === site.type));
}

const isSync = (site: ProbeSite): boolean => site.role === 'entry' && site.sync === true;

/** SITE_KEY_*. */
function keyNumber(key: KeySource, name: string): number {
  if (key.kind === 'none') return 0;
  if (key.kind === 'interface') {
    if (key.type === 'RBX' && key.data === 'RCX') return 5;
    if (key.type === 'RCX' && key.data === 'RDI') return 6;
    throw unsupported(name);
  }
  const register = key.kind === 'string' ? key.pointer : key.register;
  if (register !== 'RCX' || (key.kind === 'string' && key.length !== 'RDI')) throw unsupported(name);
  if (key.kind === 'word') return key.bytes === 4 ? 1 : 2;
  return key.kind === 'string' ? 3 : 4;
}

function unsupported(name: string): MapauditError {
  return new MapauditError('plan-unsupported', `the kernel probe does not know the arguments of ${name}`);
}
