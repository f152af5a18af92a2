import { isEmulated } from '../../binary/x86/emulated.ts';
import type { Instruction } from '../../binary/x86/instruction.ts';
import type { MapOp } from '../../model/map_op.ts';
import type {
  AbsentFunction,
  EntrySite,
  ExitSite,
  ProbePlan,
  ProbeSite,
  Register,
} from '../../model/probe_plan.ts';
import type { CodeFunction, CodeView } from './code_view.ts';
import { GROWTH_INSIDE, MIGRATION_INSIDE } from './functions.ts';
import { innerFunctions } from './inner.ts';
import { FunctionCode } from './function_code.ts';
import { planProbes } from './plan.ts';
import { findEntry } from './prologue.ts';

const MAPS = 'internal/runtime/maps.';

/** Functions by which a growth is told, under the names that a site carries. */
export const HASH_GROW = 'runtime.hashGrow';
export const EVACUATED = 'runtime.advanceEvacuationMark';
export const GROW_TO_TABLE = `${MAPS}(*Map).growToTable`;
export const REHASH = `${MAPS}(*table).rehash`;
export const PRUNE = `${MAPS}(*table).pruneTombstones`;

type Unnumbered<T> = T extends ProbeSite ? Omit<T, 'index'> : never;

/** `growing` bit of hmap.flags is cleared by a store to this byte. go1.18–1.23 src/runtime/map.go, hmap. */
const HMAP_FLAGS = 8;

/**
 * What to probe to follow growth: where a growth begins; where it ends (Swiss maps, whose growth is one call), or
 * where the last old bucket has been moved (classic maps, whose growth is spread over later writes); and clears.
 * go1.18–1.23 src/runtime/map.go: hashGrow, advanceEvacuationMark. go1.24–1.27 src/internal/runtime/maps/map.go:
 * growToTable; table.go: rehash, pruneTombstones (from 1.25 on).
 */
export function planGrowth(view: CodeView): ProbePlan {
  const base = planProbes(view, { ops: ['clear', 'grow'], exits: false });
  const more = view.flavour === 'classic' ? classicSites(view) : swissSites(view);
  const first = base.sites.length;
  const kept = base.sites.map((site) => withTable(site));
  return {
    ...base,
    sites: [...kept, ...more.sites.map((site, i) => ({ ...site, index: first + i }))],
    absent: [...base.absent, ...more.absent],
  };
}

interface More {
  readonly sites: readonly Unnumbered<ProbeSite>[];
  readonly absent: readonly AbsentFunction[];
}

/** rehash is a method of the table: its receiver comes first. */
const withTable = (site: ProbeSite): ProbeSite =>
  site.role === 'entry' && site.function === REHASH ? { ...site, table: 'RAX' } : site;

function classicSites(view: CodeView): More {
  const f = view.functionNamed(EVACUATED);
  if (f === undefined) return absent(EVACUATED, 'not in this binary: no map of it can grow');
  const code = new FunctionCode(view);
  const stores = code.of(f).flatMap((i) => flagStore(i) ?? []);
  const [store] = stores;
  const place = store === undefined ? undefined : placeOf(view, store.at);
  if (store === undefined || place === undefined || stores.length > 1)
    return absent(
      EVACUATED,
      'the place where a migration ends was not found: how long it takes stays unknown',
    );
  const site: Unnumbered<EntrySite> = {
    role: 'entry',
    function: EVACUATED,
    op: 'grow',
    ...place,
    why: 'the last old bucket has been moved: the flag "same size" is being cleared',
    skipRestarts: false,
    map: store.map,
    type: undefined,
    key: { kind: 'none' },
    partOf: [],
    callerBeyond: innerFunctions(view, code, MIGRATION_INSIDE),
    inside: true,
  };
  return { sites: [site], absent: [] };
}

/** `mov byte [map+8],r8` or `and byte [map+8],~8`: the store to hmap.flags, the function's only one. */
function flagStore(i: Instruction): { readonly at: Instruction; readonly map: Register } | undefined {
  const { memory, mnemonic, text } = i;
  if (memory?.base === undefined || memory.displacement !== HMAP_FLAGS) return undefined;
  const stores = /^(?:mov|and) (?:byte ptr )?\[/.test(text) || /^(?:mov|and) byte/.test(text);
  const wide = /(?:qword|dword)/.test(text) || (mnemonic === 'mov' && i.immediate !== undefined);
  return stores && !wide && isByte(text) ? { at: i, map: memory.base } : undefined;
}

/** The other operand is a byte register, or the size is written out. */
const isByte = (text: string): boolean => /byte|,\s*(?:[abcd]l|[sd]il|r\d+b)$/.test(text);

function swissSites(view: CodeView): More {
  const code = new FunctionCode(view);
  const sites: Unnumbered<ProbeSite>[] = [];
  const missing: AbsentFunction[] = [];
  const prune = view.functionNamed(PRUNE);
  const entry = prune === undefined ? undefined : findEntry(code.of(prune));
  const place = entry === undefined ? undefined : placeOf(view, entry.at);
  if (entry !== undefined && place !== undefined)
    sites.push({
      role: 'entry',
      function: PRUNE,
      op: 'grow',
      ...place,
      why: entry.why,
      skipRestarts: entry.skipRestarts,
      map: 'RCX',
      type: 'RBX',
      key: { kind: 'none' },
      partOf: [],
      callerBeyond: innerFunctions(view, code, GROWTH_INSIDE),
      table: 'RAX',
    });
  else
    missing.push({ function: PRUNE, op: 'grow', reason: 'not in this binary: tombstones are never pruned' });
  for (const name of [GROW_TO_TABLE, REHASH, PRUNE]) {
    const f = view.functionNamed(name);
    if (f === undefined || (name === PRUNE && place === undefined)) continue;
    const ends = returnsOf(view, code.of(f), f, name);
    if (ends.length > 0) sites.push(...ends);
    else
      missing.push({
        function: name,
        op: 'grow',
        reason: 'its returns were not found: how long it takes stays unknown',
      });
  }
  return { sites, absent: missing };
}

/** Every return of a function. The goroutine is still in R14 there, and no value that it returns matters. */
function returnsOf(
  view: CodeView,
  code: readonly Instruction[],
  f: CodeFunction,
  name: string,
): Unnumbered<ExitSite>[] {
  const returns = code.filter((i) => i.flow === 'return');
  const sites = returns.flatMap((at): Unnumbered<ExitSite>[] => {
    const place = placeOf(view, at);
    if (place === undefined) return [];
    const why = 'a return: the work is done';
    const table = name === GROW_TO_TABLE ? {} : ({ table: true } as const);
    return [
      { role: 'exit', function: f.name, op: 'grow', ...place, why, map: 'RAX', mapLost: true, ...table },
    ];
  });
  return sites.length === returns.length ? sites : [];
}

function placeOf(
  view: CodeView,
  at: Instruction,
): Pick<ProbeSite, 'address' | 'offset' | 'expected' | 'instruction' | 'emulated'> | undefined {
  const offset = view.fileOffsetOf(at.address);
  if (offset === undefined) return undefined;
  return { address: at.address, offset, expected: at.bytes, instruction: at.text, emulated: isEmulated(at) };
}

const absent = (name: string, reason: string, op: MapOp = 'grow'): More => ({
  sites: [],
  absent: [{ function: name, op, reason }],
});
