import type { IsImage } from '../measure/held.ts';
import type { Program } from './program.ts';

/** Whether an address lies in the binary's own segments, as they are loaded. */
export function imageOf({ binary: { elf }, bias }: Pick<Program, 'binary' | 'bias'>): IsImage {
  const ranges = elf.segments.map(
    ({ address, memorySize }) => [address + bias, address + bias + memorySize] as const,
  );
  return (at) => ranges.some(([start, end]) => at >= start && at < end);
}
