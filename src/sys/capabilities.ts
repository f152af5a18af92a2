import { readFileSync } from 'node:fs';

/** Bits of CapEff: include/uapi/linux/capability.h. */
const BITS = {
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_RESOURCE: 24,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

export type Capability = keyof typeof BITS;

/** Which of the capabilities that mapaudit uses this process has in effect. */
export function ownCapabilities(): ReadonlySet<Capability> {
  const line = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
  const mask = BigInt(`0x${line?.[1] ?? '0'}`);
  const names = Object.keys(BITS) as Capability[];
  return new Set(names.filter((name) => ((mask >> BigInt(BITS[name])) & 1n) === 1n));
}

/** Those that a kernel probe needs and this process lacks; CAP_SYS_ADMIN stands for all of them. */
export function missingForKernelProbe(
  own: ReadonlySet<Capability> = ownCapabilities(),
): readonly Capability[] {
  if (own.has('CAP_SYS_ADMIN')) return [];
  const needed: readonly Capability[] = ['CAP_BPF', 'CAP_PERFMON'];
  return needed.filter((name) => !own.has(name));
}
