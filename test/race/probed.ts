import { buildGo } from '../support/go_build.ts';
import { buildHooked } from '../support/mapaudit_go.ts';

const PROBES = ['kernel', 'inline', 'build'] as const;
export type Probe = (typeof PROBES)[number];

/** The word behind a flag. */
export function valueOf(args: readonly string[], flag: string): string | undefined {
  const at = args.indexOf(flag);
  return at < 0 ? undefined : args[at + 1];
}

/** The corpus (test/programs/races) as a probe needs it; by default the kernel's. */
export function probed(name = 'kernel'): { readonly probe: Probe; readonly program: string } {
  const probe = PROBES.find((one) => one === name);
  if (probe === undefined) throw new Error(`--probe ${name}: one of ${PROBES.join(', ')}`);
  return { probe, program: probe === 'build' ? buildHooked('races') : buildGo('races') };
}
