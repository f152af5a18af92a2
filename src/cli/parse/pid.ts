import { usageError } from './usage_error.ts';

/** The kernel's own limit on 64-bit machines. */
const LARGEST_PID = 2 ** 22;

/** A process id. */
export function parsePid(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= 1 && value <= LARGEST_PID) return value;
  const hint = /[^\d-]/.test(text)
    ? `To select by name: --name '${text}'. To see what runs here: mapaudit ps.`
    : 'To see what runs here: mapaudit ps.';
  throw usageError('pid', `"${text}" is not a process id`, { hint });
}
