import type { Attached } from '../../protocol/attached.ts';
import { counted, shortly, spoken } from '../../protocol/text/numbers.ts';
import { targetLabel } from '../../protocol/text/labels.ts';
import { printable } from '../../protocol/text/printable.ts';

/** `shop (pid 4242) go1.26.8 swiss · 5 probes in 41 ms · Ctrl-C ends` */
export function attachedText(attached: Attached, ends: string, what = 'probe'): string {
  const program = `${targetLabel(attached)} ${printable(attached.go_version)} ${attached.flavour}`;
  const probes = `${counted(attached.probes, what)} in ${spoken(attached.attach_ms)}`;
  const still = attached.still_ms === undefined ? [] : [`stood still for ${shortly(attached.still_ms)}`];
  return [program, probes, ...still, ends].join(' · ');
}

/** The same for `watch`: `… · 36 watchpoints in 41 ms · Ctrl-C ends` */
export function watchAttachedText(attached: Attached, ends: string): string {
  return attachedText(attached, ends, 'watchpoint');
}

/** How the run will end, for the header. */
export function endsText(options: {
  readonly durationMs?: number;
  readonly count?: number;
  readonly what?: string;
}): string {
  const ends: string[] = [];
  if (options.durationMs !== undefined && Number.isFinite(options.durationMs))
    ends.push(`after ${spoken(options.durationMs)}`);
  if (options.count !== undefined) ends.push(`after ${counted(options.count, options.what ?? 'event')}`);
  return ends.length === 0 ? 'Ctrl-C ends' : `ends ${ends.join(' or ')}`;
}
