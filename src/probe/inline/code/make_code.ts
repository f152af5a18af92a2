import type { PatchPlan, PatchSite } from '../../../model/patch_plan.ts';
import type { ProbePlan, ProbeSite } from '../../../model/probe_plan.ts';
import { Assembler } from '../asm/assembler.ts';
import { HEADER_BYTES } from '../inject/journal.ts';
import type { CodeConfig } from './config.ts';
import { writeEntry } from './entry.ts';
import { writeExit } from './exit.ts';
import { writeRoutines } from './routines.ts';

/** The code of all trampolines, and where each of them begins, in the order of the patch plan. */
export interface MadeCode {
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly trampolines: readonly number[];
}

/** Writes the code of one site, and says where it begins. */
export type SiteWriter = (site: ProbeSite, patch: PatchSite) => number;
/** Writes what all sites of a probe call. */
export type CodeWriter = (a: Assembler, config: CodeConfig, plan: ProbePlan) => SiteWriter;

/** Of a probe that records events or counts them. */
const recording: CodeWriter = (a, config, plan) => {
  const routines = writeRoutines(a, config);
  const withExit = new Set(plan.sites.filter((site) => site.role === 'exit').map((site) => site.op));
  return (site, patch) =>
    site.role === 'exit'
      ? writeExit(a, config, site, patch)
      : writeEntry(a, config, routines, { site, patch, exits: withExit.has(site.op) });
};

/** Makes what lies behind the header on the page at `place`. Pure. */
export function makeCode(
  place: number,
  room: number,
  plan: ProbePlan,
  patch: PatchPlan,
  config: CodeConfig,
  writer: CodeWriter = recording,
): MadeCode {
  const a = new Assembler(place + HEADER_BYTES);
  const writeSite = writer(a, config, plan);
  const trampolines = patch.sites.map((one) => {
    const site = plan.sites[one.site];
    if (site === undefined) throw new Error('internal: a patch without a site');
    return writeSite(site, one);
  });
  if (a.length > room - HEADER_BYTES) throw new Error('internal: the trampolines need more room');
  return { at: a.address, bytes: a.finish(), trampolines };
}
