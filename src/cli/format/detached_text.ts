import type { Detached } from '../../protocol/detached.ts';
import { targetLabel } from '../../protocol/text/labels.ts';
import { shortly } from '../../protocol/text/numbers.ts';

/** `shop (pid 4242): the inline probe is out; its threads stood still for 0.3 ms` */
export function detachedText(detached: Detached): string {
  const { found, still_ms } = detached;
  if (!found) return `${targetLabel(detached)}: there is no inline probe in it`;
  const still = still_ms === undefined ? '' : `; its threads stood still for ${shortly(still_ms)}`;
  return `${targetLabel(detached)}: the inline probe is out${still}`;
}
