import { isEmulated } from '../../binary/x86/emulated.ts';
import { MapauditError } from '../../base/errors.ts';
import { type MapOp, MAP_OPS, WRITE_OPS } from '../../model/map_op.ts';
import type {
  AbsentFunction,
  CodeRange,
  EntrySite,
  ExitSite,
  ProbePlan,
  ProbeSite,
} from '../../model/probe_plan.ts';
import type { CodeFunction, CodeView } from './code_view.ts';
import { findExits } from './exit_check.ts';
import { FunctionCode } from './function_code.ts';
import { type MapFunction, mapFunctions, workFunctions } from './functions.ts';
import { innerFunctions } from './inner.ts';
import { findEntry } from './prologue.ts';
import { syncMapFunctions } from './sync_map.ts';

/** What is wanted of a plan. */
export interface PlanWishes {
  readonly ops: readonly MapOp[];
  /** Also the places where writes end, so that it can be seen what they did. */
  readonly exits: boolean;
  /** Also the methods of sync.Map. */
  readonly sync?: boolean;
}

type Unnumbered<T> = T extends ProbeSite ? Omit<T, 'index'> : never;

/** What came of one wanted function. */
type Outcome<T> = { readonly sites: readonly Unnumbered<T>[]; readonly absent: readonly AbsentFunction[] };

const NOT_LINKED = 'not in this binary: the program never takes this path';

/**
 * Decides what to probe in a binary. Pure: the same binary and wishes give the same plan.
 *
 * A function that is not there is a path that the program never takes. A function that is there but does not
 * look as expected makes the plan refuse: counting all but some deletes would be a lie.
 */
export function planProbes(view: CodeView, wishes: PlanWishes): ProbePlan {
  const ops = MAP_OPS.filter((op) => wishes.ops.includes(op));
  const code = new FunctionCode(view);
  const functions = [
    ...mapFunctions(view.flavour, view.version, ops),
    ...(wishes.sync === true ? syncMapFunctions(ops) : []),
  ];
  const entries = functions.map((f) => entryOf(view, code, f));
  const exits = wishes.exits
    ? WRITE_OPS.filter((op) => ops.includes(op)).map((op) => exitsOf(view, code, op))
    : [];
  const outcomes = [...entries, ...exits];
  const unnumbered = outcomes.flatMap((o): readonly Unnumbered<ProbeSite>[] => o.sites);
  if (unnumbered.length === 0) throw nothingToProbe(ops);
  return {
    goVersion: view.version,
    flavour: view.flavour,
    ops,
    sites: unnumbered.map((site, index) => ({ ...site, index })),
    absent: outcomes.flatMap((o) => o.absent),
    offsets: view.offsets,
  };
}

function entryOf(view: CodeView, code: FunctionCode, wanted: MapFunction): Outcome<EntrySite> {
  const { name, op, unlessCalls } = wanted;
  const f = view.functionNamed(name);
  if (f === undefined) return absent(name, op, NOT_LINKED);
  if (unlessCalls !== undefined && code.calls(f, unlessCalls))
    return absent(name, op, `calls ${unlessCalls}, which is probed itself`);
  const entry = findEntry(code.of(f));
  if (entry === undefined) throw unrecognised(view, f);
  const site: Unnumbered<EntrySite> = {
    role: 'entry',
    function: name,
    op,
    ...placeOf(view, f, entry.at),
    why: entry.why,
    skipRestarts: entry.skipRestarts,
    map: wanted.map,
    type: wanted.type,
    key: wanted.key,
    ...(wanted.sync === true ? { sync: true as const } : {}),
    partOf: wanted.partOf.flatMap((outer) => rangeOf(view, outer)),
    ...(wanted.callerBeyond === undefined
      ? {}
      : { callerBeyond: innerFunctions(view, code, wanted.callerBeyond) }),
  };
  return { sites: [site], absent: [] };
}

/**
 * The ends of all writes of one kind, or none of them: with some missing, an operation without an end could
 * not be told from one whose end is yet to come.
 */
function exitsOf(view: CodeView, code: FunctionCode, op: MapOp): Outcome<ExitSite> {
  const mark = { byte: view.offsets.mapWriting, mask: view.offsets.mapWritingMask };
  const work = workFunctions(view.flavour, op);
  const begin = mapFunctions(view.flavour, view.version, [op]).map((f) => f.name);
  const functions = [...work, ...begin].flatMap((name) => view.functionNamed(name) ?? []);
  const sites: Unnumbered<ExitSite>[] = [];
  for (const f of functions) {
    const points = findExits(code.of(f), mark, (address) => code.isFatal(f, address));
    if (points.length === 0 && !begin.concat(work).some((other) => other !== f.name && code.calls(f, other)))
      return absent(f.name, op, 'the end of the operation was not found: what it did stays unknown');
    for (const { at, map } of points) {
      const why = 'the check after the last change of the count: the map is in a register';
      sites.push({ role: 'exit', function: f.name, op, ...placeOf(view, f, at), why, map });
    }
  }
  return { sites, absent: [] };
}

function placeOf(
  view: CodeView,
  f: CodeFunction,
  at: Parameters<typeof isEmulated>[0],
): Pick<ProbeSite, 'address' | 'offset' | 'expected' | 'instruction' | 'emulated'> {
  const offset = view.fileOffsetOf(at.address);
  if (offset === undefined) throw unrecognised(view, f);
  return { address: at.address, offset, expected: at.bytes, instruction: at.text, emulated: isEmulated(at) };
}

function rangeOf(view: CodeView, name: string): CodeRange[] {
  const f = view.functionNamed(name);
  return f === undefined ? [] : [{ name, start: f.start, end: f.end }];
}

const absent = (name: string, op: MapOp, reason: string): Outcome<never> => ({
  sites: [],
  absent: [{ function: name, op, reason }],
});

function unrecognised(view: CodeView, f: CodeFunction): MapauditError {
  const newer = view.assumed ? `; ${view.version.text} is newer than this mapaudit knows` : '';
  return new MapauditError(
    view.assumed ? 'go-too-new' : 'plan-unsafe',
    `${f.name} does not begin as Go's compiler makes it${newer}: its hits could not be counted exactly`,
    {
      fields: { function: f.name, version: view.version.text, check: 'stack check at the beginning' },
      hint: 'Leave the operation out with --op, and please report the Go version and build flags.',
    },
  );
}

function nothingToProbe(ops: readonly MapOp[]): MapauditError {
  return new MapauditError('nothing-to-probe', `this binary has no map function for: ${ops.join(', ')}`, {
    hint: 'mapaudit check shows which operations the program can do at all.',
  });
}
