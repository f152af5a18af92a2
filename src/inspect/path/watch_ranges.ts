import { MapauditError } from '../../base/errors.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import type { Kind } from '../../go/types/kinds.ts';
import type { ByteRange } from './leaves.ts';
import type { SlotPart, SlotPartName } from './slot_parts.ts';

/** What of an entry is to be watched, where somebody has said so. */
export interface RangeChoice {
  /** In this order, as far as the watchpoints reach. */
  readonly parts?: readonly SlotPartName[];
  /** Of the part that is not the control byte; default: its beginning. */
  readonly range?: { readonly offset: number; readonly length?: number };
}

/** Bytes for one watchpoint. */
export interface WatchedRange {
  readonly part: SlotPart;
  readonly from: number;
  readonly length: 1 | 2 | 4 | 8;
}

/** Debug registers of a thread of an x86 processor. */
const WATCHPOINTS = 4;
const LENGTHS = [8, 4, 2, 1] as const;
const ALL: ByteRange = { from: 0, to: Infinity };
const WORD = 8;

/** Bytes that are wanted, with so many watchpoints at most. */
interface Want extends ByteRange {
  readonly part: SlotPartName;
  readonly most?: number;
}

/**
 * Lays the four watchpoints over an entry. Without a choice: one on the control byte, and the others where a write
 * changes something that matters for this kind of element. Its key has none but where the element has no bytes: an update
 * writes a string's address again, and what else happens to a key the control byte shows.
 *
 * Errors: `too-many-watchpoints` when the bytes that were chosen need more, `outside-part` when they do not exist.
 */
export function watchedRanges(
  parts: readonly SlotPart[],
  kind: Kind | undefined,
  choice: RangeChoice,
): WatchedRange[] {
  const wants =
    choice.parts === undefined && choice.range === undefined
      ? byKind(
          kind,
          parts.some(({ part }) => part === 'elem'),
        )
      : chosen(parts, choice);
  const ranges: WatchedRange[] = [];
  for (const want of wants) {
    const part = parts.find((one) => one.part === want.part);
    if (part !== undefined) fill(part, want, ranges);
  }
  return ranges;
}

/** What of a part is not among the watched ranges. */
export function unwatchedOf(part: SlotPart, ranges: readonly WatchedRange[]): ByteRange[] {
  const gaps: ByteRange[] = [];
  let at = 0;
  for (const { from, to } of watchedOf(part, ranges)) {
    if (from > at) gaps.push({ from: at, to: from });
    at = to;
  }
  if (at < part.size) gaps.push({ from: at, to: part.size });
  return gaps;
}

/** What of a part is watched, adjacent ranges as one. */
export function watchedOf(part: SlotPart, ranges: readonly WatchedRange[]): ByteRange[] {
  const merged: ByteRange[] = [];
  const own = ranges.filter((one) => one.part.part === part.part).sort((a, b) => a.from - b.from);
  for (const { from, length } of own) {
    const last = merged.at(-1);
    if (last?.to === from) merged[merged.length - 1] = { from: last.from, to: from + length };
    else merged.push({ from, to: from + length });
  }
  return merged;
}

/** Where a field, or an item, lies in the part that it belongs to. */
export interface FieldPlace {
  readonly part: 'elem' | 'pointee';
  readonly offset: number;
  readonly length: number;
}

const STEP = /^(?:\.?([\p{L}_][\p{L}\p{Nd}_]*)|\[(\d+)\])/u;

/**
 * `Hits`, `Addr.City`, `[2]`, `[2].N`: from the element, or from what it points to. Errors: `no-such-field`.
 */
export function fieldPlace(types: TypeReader, elem: SlotPart['address'], path: string): FieldPlace {
  const fail = (why: string, hint?: string): never => {
    throw new MapauditError('no-such-field', why, {
      ...(hint === undefined ? {} : { hint }),
      fields: { path },
    });
  };
  const kind = types.head(elem)?.kind;
  const beyond = kind === 'pointer' ? types.elem(elem) : undefined;
  let type = beyond ?? elem;
  let part: FieldPlace['part'] = beyond === undefined ? 'elem' : 'pointee';
  let offset = 0;
  for (let rest = path; rest !== '';) {
    const [step = '', name, index] = STEP.exec(rest) ?? [];
    const head = types.head(type);
    if (step === '' || head === undefined)
      return fail(
        `"${rest}" is no field or index`,
        'Write it as in Go: --field Hits, --field Addr.City, --field [2].',
      );
    rest = rest.slice(step.length);
    if (name !== undefined) {
      const fields = types.fields(type);
      if (fields === undefined) return fail(`${head.name} is no struct: it has no field ${name}`);
      const field = fields.find((one) => one.name === name);
      const hint = `It has ${fields.map((one) => one.name).join(', ')}.`;
      if (field === undefined) return fail(`${head.name} has no field ${name}`, hint);
      type = field.type;
      offset += field.offset;
      continue;
    }
    const array = types.array(type);
    const isItem = array === undefined && type === elem && head.kind === 'slice' && offset === 0;
    const item = array?.elem ?? (isItem ? types.elem(type) : undefined);
    const size = item === undefined ? undefined : types.head(item)?.size;
    if (item === undefined || size === undefined || (array !== undefined && Number(index) >= array.length))
      return fail(`${head.name} has no item [${index ?? ''}]`);
    if (isItem) part = 'pointee';
    type = item;
    offset += Number(index) * size;
  }
  const length = types.head(type)?.size ?? 0;
  return length === 0 ? fail(`${path} has no bytes`) : { part, offset, length };
}

function byKind(kind: Kind | undefined, hasBytes: boolean): readonly Want[] {
  const control: Want = { part: 'control', ...ALL };
  const key: Want = { part: 'key', ...ALL };
  const elem: Want = { part: 'elem', ...ALL };
  const behind: Want = { part: 'pointee', ...ALL };
  // An append writes the length always, address and capacity only with it.
  const length: Want = { part: 'elem', from: WORD, to: 2 * WORD };
  if (kind === 'slice') return [control, length, behind, elem];
  if (kind === 'pointer' || kind === 'interface') return [control, elem, behind];
  return hasBytes ? [control, elem] : [control, key];
}

function chosen(parts: readonly SlotPart[], choice: RangeChoice): readonly Want[] {
  const names = choice.parts ?? ['elem'];
  const main = names.find((name) => name !== 'control') ?? 'elem';
  const wants: Want[] = [];
  const part = parts.find((one) => one.part === main);
  if (choice.range !== undefined && part !== undefined) wants.push(within(part, choice.range));
  else for (const name of names) wants.push({ part: name, ...ALL, most: 1 });
  if (choice.parts === undefined) return [...wants, { part: 'control', ...ALL }];
  const rest = names.filter((name) => choice.range === undefined || name !== main);
  return [...wants, ...rest.map((name) => ({ part: name, ...ALL }))];
}

function within(part: SlotPart, { offset, length }: NonNullable<RangeChoice['range']>): Want {
  const to = offset + (length ?? part.size - offset);
  if (offset >= part.size || to > part.size)
    throw new MapauditError(
      'outside-part',
      `${part.label} has ${part.size} bytes: there are no bytes ${offset}-${Math.max(offset, to - 1)} in it`,
      { fields: { size: part.size, offset, to } },
    );
  const want: Want = { part: part.part, from: offset, to };
  const ranges: WatchedRange[] = [];
  fill(part, want, ranges);
  const covered = ranges.reduce((sum, one) => sum + one.length, 0);
  if (length !== undefined && covered < length)
    throw new MapauditError(
      'too-many-watchpoints',
      `${length} bytes there need more than the ${WATCHPOINTS} watchpoints of a thread: ${covered} of them can be watched`,
      { hint: `Say --length ${covered}, and watch the others by themselves.`, fields: { length, covered } },
    );
  return want;
}

/** As many watchpoints as are left over what is wanted of a part and not watched yet. */
function fill(part: SlotPart, want: Want, ranges: WatchedRange[]): void {
  let left = want.most ?? Infinity;
  const isWatched = (at: number): boolean =>
    ranges.some((one) => one.part === part && one.from <= at && at < one.from + one.length);
  for (let at = want.from; at < Math.min(want.to, part.size) && ranges.length < WATCHPOINTS && left > 0;) {
    if (isWatched(at)) {
      at++;
      continue;
    }
    const end = Math.min(want.to, part.size);
    const free = (length: number): boolean =>
      at + length <= end && !Array.from({ length }, (_, i) => at + i).some(isWatched);
    const length = LENGTHS.find((one) => (part.address + at) % one === 0 && free(one)) ?? 1;
    ranges.push({ part, from: at, length });
    at += length;
    left--;
  }
}
