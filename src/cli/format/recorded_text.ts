import type { Recorded } from '../../protocol/evidence.ts';
import { bytes as bytesText, counted, grouped } from '../../protocol/text/numbers.ts';

/** `recorded 12,345 events · 60 windows of a second · 31 steps of growth · 1.2 MB` */
export function recordedText({ bytes, events, windows, growths, races }: Recorded): string {
  const parts = [counted(events, 'event'), `${counted(windows, 'window')} of a second`];
  if (growths !== undefined) parts.push(`${grouped(growths)} ${growths === 1 ? 'step' : 'steps'} of growth`);
  if (races !== undefined) parts.push(counted(races, 'race'));
  return `recorded ${[...parts, bytesText(bytes)].join(' · ')}`;
}
