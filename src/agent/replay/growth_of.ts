import { GROWTH_OPS, type GrowthEvent, type Migration } from '../../protocol/growth.ts';

/** A step of growth out of a recording; undefined for the lines that sum them up, and for what is none. */
export function growthOf(line: unknown): GrowthEvent | Migration | undefined {
  if (typeof line !== 'object' || line === null) return undefined;
  const { type, time, map, op } = line as Partial<GrowthEvent>;
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) return undefined;
  if (typeof map !== 'object') return undefined;
  const kind: string | undefined = type;
  if (kind === 'migration') return line as Migration;
  return kind === 'event' && GROWTH_OPS.some((known) => known === op) ? (line as GrowthEvent) : undefined;
}
