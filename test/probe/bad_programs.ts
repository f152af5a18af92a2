/** An instruction of eBPF: include/uapi/linux/bpf.h, struct bpf_insn. */
type Instruction = readonly [op: number, dst: number, src: number, off: number, imm: number];

function assemble(...instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * 8);
  const view = new DataView(bytes.buffer);
  instructions.forEach(([op, dst, src, off, imm], i) => {
    view.setUint8(8 * i, op);
    view.setUint8(8 * i + 1, dst | (src << 4));
    view.setInt16(8 * i + 2, off, true);
    view.setInt32(8 * i + 4, imm, true);
  });
  return bytes;
}

const EXIT = [0x95, 0, 0, 0, 0] as const;
const RETURN_0 = [0xb7, 0, 0, 0, 0] as const;

/** Programs that no kernel takes, and the line that says why; its wording differs a little between kernels. */
export const BAD_PROGRAMS: readonly { name: string; code: Uint8Array; license: string; reason: RegExp }[] = [
  {
    name: 'unset_register',
    code: assemble([0xbf, 0, 3, 0, 0], EXIT),
    license: 'GPL',
    reason: /^R3 !read_ok$/,
  },
  {
    name: 'stray_pointer',
    code: assemble([0xb7, 1, 0, 0, 4096], [0x79, 0, 1, 0, 0], EXIT),
    license: 'GPL',
    reason: /^R1 invalid mem access '(scalar|inv)'$/,
  },
  {
    name: 'beyond_context',
    code: assemble([0x79, 0, 1, 4096, 0], EXIT),
    license: 'GPL',
    reason: /^invalid bpf_context access off=4096 size=8$/,
  },
  {
    name: 'unset_stack',
    code: assemble([0xb7, 1, 0, 0, 0], [0x79, 0, 10, -520, 0], EXIT),
    license: 'GPL',
    reason: /^invalid .*stack.* off[= ]-520 size[= ]8$/,
  },
  {
    name: 'endless',
    code: assemble(RETURN_0, [0x05, 0, 0, -1, 0], EXIT),
    license: 'GPL',
    reason: /^unreachable insn 2$/,
  },
  {
    name: 'too_long',
    code: assemble(RETURN_0, [0x07, 0, 0, 0, 1], [0x55, 0, 0, -2, 0x7fff_ffff], EXIT),
    license: 'GPL',
    reason: /^BPF program is too large\. Processed \d+ insn$/,
  },
  {
    name: 'wrong_licence',
    // bpf_probe_read_user(0, 0, 0)
    code: assemble([0xb7, 1, 0, 0, 0], [0xb7, 2, 0, 0, 0], [0xb7, 3, 0, 0, 0], [0x85, 0, 0, 0, 112], EXIT),
    license: 'MIT',
    reason: /^cannot call GPL-restricted function from non-GPL compatible program$/,
  },
];
