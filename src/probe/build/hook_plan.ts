import { fileAddr, fileOffset } from '../../model/addr.ts';
import type { GoVersion, MapFlavour } from '../../model/go_version.ts';
import type { ProbePlan, ProbeSite, RuntimeOffsets } from '../../model/probe_plan.ts';
import { type MapOp, WRITE_OPS } from '../../model/map_op.ts';
import { EXIT_BASE, HOOK_SITES, type HookSite } from './sites.ts';

/** What is known of a hooked binary, and what is wanted of it. */
export interface HookedBinary {
  readonly version: GoVersion;
  readonly flavour: MapFlavour;
  readonly offsets: RuntimeOffsets;
  /** Operations to listen to. */
  readonly ops: readonly MapOp[];
  /** Whether the ends of writes are recorded, too. */
  readonly exits: boolean;
}

/** The places of the hook as a plan: all of them, each at its number. The hook skips those that are not in `ops`. */
export function hookPlan({ version, flavour, offsets, ops, exits }: HookedBinary): ProbePlan {
  const sites: ProbeSite[] = HOOK_SITES.map((site) => ({
    ...common(site.index, site),
    role: 'entry',
    skipRestarts: false,
    map: 'RBX',
    type: 'RAX',
    key: { kind: 'none' },
    partOf: [],
  }));
  if (exits)
    for (const site of HOOK_SITES)
      if (WRITE_OPS.includes(site.op))
        sites.push({ ...common(EXIT_BASE + site.index, site), role: 'exit', map: 'RBX' });
  return { goVersion: version, flavour, ops, sites, absent: [], offsets };
}

const common = (index: number, { function: name, op }: HookSite) => ({
  index,
  function: name,
  op,
  address: fileAddr(0),
  offset: fileOffset(0),
  expected: new Uint8Array(0),
  instruction: 'CALL runtime.mapaudit…',
  emulated: true,
  why: 'placed by mapaudit go build',
});
