import type { Target } from '../../src/agent/target.ts';
import { type FileAddr, toAddr } from '../../src/model/addr.ts';

/** Where the kernel has put a breakpoint. */
const BREAKPOINT = 0xcc;
const TIMEOUT_MS = 120_000;

/** Whether a probe is in place at an instruction: read from the process itself, whoever put it there. */
export function isProbed(target: Target, address: FileAddr): boolean {
  return target.memory.read(toAddr(address, target.bias), 1)?.[0] === BREAKPOINT;
}

/** Waits until all of the instructions are probed, or none is. Throws after two minutes. */
export async function untilProbed(
  target: Target,
  addresses: readonly FileAddr[],
  probed: boolean,
): Promise<void> {
  const end = Date.now() + TIMEOUT_MS;
  while (addresses.some((address) => isProbed(target, address) !== probed)) {
    if (Date.now() > end)
      throw new Error(`no probes were ${probed ? 'put in' : 'taken out'} within two minutes`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
