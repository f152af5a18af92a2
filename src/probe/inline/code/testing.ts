import { fileAddr } from '../../../model/addr.ts';
import type { EntrySite, ProbePlan } from '../../../model/probe_plan.ts';

/** Where the function of `entrySite` is, in the file. */
export const SITE = 0x40_1000;

/** A site as plans have them: the beginning of an assign whose key lies in memory. */
export const entrySite = (over: Partial<EntrySite> = {}): EntrySite => ({
  index: 3,
  function: 'runtime.mapassign',
  op: 'assign',
  address: fileAddr(SITE),
  offset: 0 as ProbePlan['sites'][number]['offset'],
  expected: new Uint8Array(),
  instruction: '',
  emulated: true,
  why: '',
  role: 'entry',
  skipRestarts: false,
  map: 'RBX',
  type: 'RAX',
  key: { kind: 'pointer', register: 'RCX' },
  partOf: [],
  ...over,
});
