import type { Instruction } from '../../binary/x86/instruction.ts';
import type { FileAddr } from '../../model/addr.ts';
import type { Displaced } from '../../model/patch_plan.ts';

/** Bytes of a jump to anywhere within 2 GiB. */
export const JUMP_BYTES = 5;
/** More than a few instructions are never needed. */
const MAX_INSTRUCTIONS = 4;

/** Instructions, one after the other, that a jump may take the place of. */
export interface Region {
  readonly address: FileAddr;
  readonly original: Uint8Array;
  readonly displaced: readonly Displaced[];
}

/**
 * The instructions from `from` on, as many as the jump needs and at least up to `to`, if they can be displaced:
 * each does the same elsewhere, none of them calls or jumps but the one at `branch`, and no jump of the function
 * leads in between them. Undefined otherwise.
 */
export function regionAt(
  code: readonly Instruction[],
  from: number,
  to: number,
  branch: number | undefined,
): Region | undefined {
  const first = code[from];
  if (first === undefined || code.some((i) => i.flow === 'indirect')) return undefined;
  const taken: Instruction[] = [];
  let length = 0;
  for (let index = from; index <= to || length < JUMP_BYTES; index++) {
    const instruction = code[index];
    if (instruction === undefined || taken.length === MAX_INSTRUCTIONS) return undefined;
    if (!isMovable(instruction) && index !== branch) return undefined;
    taken.push(instruction);
    length += instruction.bytes.length;
  }
  const inside = (target: number): boolean => target > first.address && target < first.address + length;
  if (code.some((i) => i.target !== undefined && inside(i.target))) return undefined;
  const displaced = taken.map(displace);
  if (displaced.includes(undefined)) return undefined;
  return {
    address: first.address,
    original: Uint8Array.from(taken.flatMap((i) => [...i.bytes])),
    displaced: displaced.filter((one) => one !== undefined),
  };
}

/** Does the same wherever it stands: no jump, nothing relative to its own address. */
const isMovable = ({ flow, memory, mnemonic }: Instruction): boolean =>
  flow === 'next' && memory?.ripRelative !== true && mnemonic !== '(bad)' && mnemonic !== 'syscall';

function displace(i: Instruction): Displaced | undefined {
  if (i.flow === 'next') return { kind: 'bytes', bytes: i.bytes };
  const condition = conditionOf(i.bytes);
  if (i.flow !== 'branch' || condition === undefined || i.target === undefined) return undefined;
  return { kind: 'branch', condition, target: i.target };
}

/** Jcc: 70 … 7F rel8, 0F 80 … 8F rel32. Intel SDM volume 2, Jcc. Others (JRCXZ, LOOP) have no far form. */
function conditionOf(bytes: Uint8Array): number | undefined {
  const [a = 0, b = 0] = bytes;
  if (a >= 0x70 && a <= 0x7f) return a & 15;
  return a === 0x0f && b >= 0x80 && b <= 0x8f ? b & 15 : undefined;
}
