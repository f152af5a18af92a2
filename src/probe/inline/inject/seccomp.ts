/** What a seccomp filter answers to a system call: lets it happen, makes it fail, or anything worse. */
export type Verdict = 'allowed' | 'error' | 'worse';

/** AUDIT_ARCH_X86_64: include/uapi/linux/audit.h. */
const ARCH = 0xc000003e;
const DATA_BYTES = 64;
/** include/uapi/linux/seccomp.h. */
const RETURN = { allow: 0x7fff0000, log: 0x7ffc0000, errno: 0x00050000 } as const;
const MEMORY = 16;

/**
 * Runs a classic BPF program, 8 bytes an instruction, on a system call as the kernel would: include/uapi/linux/
 * bpf_common.h, filter.h. `at` is the address of the call.
 */
export function filterVerdict(
  filter: Uint8Array,
  call: number,
  at: number,
  args: readonly number[] = [],
): Verdict {
  const code = new DataView(filter.buffer, filter.byteOffset, filter.byteLength);
  const action = run(code, dataOf(call, at, args));
  const kind = (action & 0xffff0000) >>> 0;
  if (kind === RETURN.allow || kind === RETURN.log) return 'allowed';
  return kind === RETURN.errno ? 'error' : 'worse';
}

/** struct seccomp_data. */
function dataOf(call: number, at: number, args: readonly number[]): DataView {
  const data = new DataView(new ArrayBuffer(DATA_BYTES));
  data.setUint32(0, call, true);
  data.setUint32(4, ARCH, true);
  data.setBigUint64(8, BigInt(at), true);
  args.forEach((value, i) => data.setBigUint64(16 + 8 * i, BigInt(value), true));
  return data;
}

interface Machine {
  a: number;
  x: number;
  readonly memory: Uint32Array;
}

function run(code: DataView, data: DataView): number {
  const machine: Machine = { a: 0, x: 0, memory: new Uint32Array(MEMORY) };
  const length = code.byteLength / 8;
  for (let pc = 0; pc < length; pc++) {
    const [op, k] = [code.getUint16(pc * 8, true), code.getUint32(pc * 8 + 4, true)];
    const operand = (op & 8) !== 0 ? machine.x : k;
    switch (op & 7) {
      case 5:
        pc += (op & 0xf0) === 0 ? k : code.getUint8(pc * 8 + (jumps(op, machine.a, operand) ? 2 : 3));
        break;
      case 6:
        return (op & 0x18) === 0x10 ? machine.a : k;
      default:
        step(machine, op, k, operand, data);
    }
  }
  return 0;
}

function step(machine: Machine, op: number, k: number, operand: number, data: DataView): void {
  const loaded = (): number => {
    const mode = op & 0xe0;
    if (mode === 0x20) return data.getUint32(k & (DATA_BYTES - 4), true);
    if (mode === 0x80) return DATA_BYTES;
    return mode === 0x60 ? (machine.memory[k & 15] ?? 0) : k;
  };
  switch (op & 7) {
    case 0:
      machine.a = loaded();
      break;
    case 1:
      machine.x = loaded();
      break;
    case 2:
      machine.memory[k & 15] = machine.a;
      break;
    case 3:
      machine.memory[k & 15] = machine.x;
      break;
    case 4:
      machine.a = calculated(op & 0xf0, machine.a, operand);
      break;
    default:
      if ((op & 0x80) !== 0) machine.a = machine.x;
      else machine.x = machine.a;
  }
}

function calculated(op: number, a: number, b: number): number {
  const results: Readonly<Record<number, () => number>> = {
    0x00: () => a + b,
    0x10: () => a - b,
    0x20: () => Math.imul(a, b),
    0x30: () => (b === 0 ? 0 : Math.floor(a / b)),
    0x40: () => a | b,
    0x50: () => a & b,
    0x60: () => a << b,
    0x70: () => a >>> b,
    0x80: () => -a,
    0xa0: () => a ^ b,
  };
  return (results[op]?.() ?? a) >>> 0;
}

function jumps(op: number, a: number, b: number): boolean {
  const kind = op & 0xf0;
  if (kind === 0x10) return a === b;
  if (kind === 0x20) return a > b;
  return kind === 0x30 ? a >= b : (a & b) !== 0;
}
