import { MapauditError } from '../../base/errors.ts';
import type { Instruction } from '../../binary/x86/instruction.ts';
import type { FileAddr } from '../../model/addr.ts';
import type { PatchPlan, PatchSite } from '../../model/patch_plan.ts';
import type { AbsentFunction, ExitSite, ProbePlan, ProbeSite } from '../../model/probe_plan.ts';
import { threadOffsets } from '../versions/thread_offsets.ts';
import type { CodeFunction, CodeView } from './code_view.ts';
import { FunctionCode } from './function_code.ts';
import { type Region, regionAt } from './patch_region.ts';

/** What is patched, and the plan without what cannot be. */
export interface Patchable {
  readonly plan: ProbePlan;
  readonly patch: PatchPlan;
}

/** So far before its branch the comparison of an exit may begin. */
const LOOK_BACK = 6;
/** Executed once at the program's start. go1.18–1.27 src/runtime/asm_amd64.s. */
const START = 'runtime.rt0_go';
/** Its return address stands on the stack of the first thread for good. */
const LAST_CALL = 'runtime.mstart';

/**
 * Where jumps can take the place of instructions, for a plan of uprobes. Ends of operations of which one cannot be
 * patched are left out together: an operation without an end could not be told from one whose end is yet to come.
 * Errors: `plan-unsafe` for a beginning that cannot be patched, or a program without room for the payload.
 */
export function planPatches(view: CodeView, plan: ProbePlan, text: PatchPlan['text']): Patchable {
  const code = new FunctionCode(view);
  const found = new Map<ProbeSite, Omit<PatchSite, 'site'>>();
  const without = new Map<string, AbsentFunction>();
  for (const site of plan.sites) {
    const f = view.functionNamed(site.function);
    const patch = f === undefined ? undefined : patchOf(code.of(f), site);
    if (patch !== undefined) found.set(site, patch);
    else if (site.role === 'entry') throw unsafe(view, site.function, 'the code at its beginning');
    else without.set(site.op, { function: site.function, op: site.op, reason: NO_ROOM });
  }
  refuseOverlaps(view, [...found.values()]);
  const kept = plan.sites.filter((site) => site.role === 'entry' || !without.has(site.op));
  const sites = kept.map((site, index): ProbeSite => ({ ...site, index }));
  return {
    plan: { ...plan, sites, absent: [...plan.absent, ...without.values()] },
    patch: {
      sites: kept.flatMap((site, index) => {
        const patch = found.get(site);
        return patch === undefined ? [] : [{ ...patch, site: index }];
      }),
      thread: threadOffsets(view.version),
      room: roomOf(view, code),
      text,
    },
  };
}

function refuseOverlaps(view: CodeView, patches: readonly Omit<PatchSite, 'site'>[]): void {
  const sorted = [...patches].sort((a, b) => a.address - b.address);
  sorted.forEach((patch, i) => {
    const next = sorted[i + 1];
    if (next !== undefined && patch.address + patch.original.length > next.address)
      throw unsafe(view, view.functionAt(next.address)?.name ?? '', 'the code between two of its probes');
  });
}

const NO_ROOM = 'no jump fits where the operation ends: what it did stays unknown';

function patchOf(code: readonly Instruction[], site: ProbeSite): Omit<PatchSite, 'site'> | undefined {
  const index = code.findIndex((i) => i.address === site.address);
  if (index < 0) return undefined;
  if (site.role === 'exit') return exitPatch(code, index, site);
  const region = regionAt(code, index, index, site.skipRestarts ? index : undefined);
  if (region === undefined) return undefined;
  return { ...region, first: site.skipRestarts ? 1 : 0, flagsLive: false };
}

/**
 * From the instruction that reads the mark, or a later one, to the branch that decides by it: the map is in its
 * register all the while, the count is final, and the comparison makes new flags. Where that has no room, the
 * branch alone, if it is long enough; then the flags are to be kept.
 */
function exitPatch(
  code: readonly Instruction[],
  branch: number,
  site: ExitSite,
): Omit<PatchSite, 'site'> | undefined {
  const begin = readsMark(code, branch, site.map);
  if (begin === undefined) return undefined;
  const compare = lastComparison(code, branch);
  for (let from = branch; from >= begin; from--) {
    if (mayStore(code[from])) return undefined;
    const region: Region | undefined = regionAt(code, from, branch, branch);
    if (region === undefined || endsBeyond(region, code[branch])) continue;
    return { ...region, first: 0, flagsLive: from > compare };
  }
  return undefined;
}

/** Before what stores, the count is perhaps not final. */
const mayStore = (one: Instruction | undefined): boolean =>
  one?.memory !== undefined && !['cmp', 'test', 'bt'].includes(one.mnemonic) && one.op0 === undefined;

/** A region must end with the branch: what follows it runs only one way. */
const endsBeyond = (region: Region, branch: Instruction | undefined): boolean =>
  branch === undefined || region.address + region.original.length !== branch.address + branch.bytes.length;

/** Index of the comparison whose flags the branch looks at. */
function lastComparison(code: readonly Instruction[], branch: number): number {
  for (let i = branch - 1; i >= Math.max(0, branch - LOOK_BACK); i--)
    if (['cmp', 'test', 'bt'].includes(code[i]?.mnemonic ?? '')) return i;
  return branch;
}

/** Index of the instruction, in straight code before the branch, that reads through the map's register. */
function readsMark(code: readonly Instruction[], branch: number, map: ExitSite['map']): number | undefined {
  for (let i = branch - 1; i >= Math.max(0, branch - LOOK_BACK); i--) {
    const one = code[i];
    if (one === undefined || one.flow !== 'next') return undefined;
    if (one.memory?.base === map) return i;
    if (one.writes.includes(map)) return undefined;
  }
  return undefined;
}

function roomOf(view: CodeView, code: FunctionCode): PatchPlan['room'] {
  const f = view.functionNamed(START);
  if (f === undefined) throw unsafe(view, START, 'the code at its start');
  const end = lastCallEnd(view, code.of(f)) ?? f.end;
  const original = view.read(f.start, end - f.start);
  if (original === undefined) throw unsafe(view, START, 'the code at its start');
  return { address: f.start, original };
}

function lastCallEnd(view: CodeView, code: readonly Instruction[]): FileAddr | undefined {
  const target: CodeFunction | undefined = view.functionNamed(LAST_CALL);
  const call = code.find((i) => i.flow === 'call' && i.target === target?.start);
  return call === undefined ? undefined : ((call.address + call.bytes.length) as FileAddr);
}

function unsafe(view: CodeView, name: string, what: string): MapauditError {
  return new MapauditError('plan-unsafe', `${name}: ${what} has no room for a jump`, {
    fields: { function: name, version: view.version.text },
    hint: 'Use --probe kernel for this program.',
  });
}
