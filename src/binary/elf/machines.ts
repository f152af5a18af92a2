/** e_machine: elf.h, EM_*. */
const NAMES: Readonly<Record<number, string>> = {
  3: 'x86',
  8: 'mips',
  20: 'powerpc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x86-64',
  183: 'aarch64',
  243: 'riscv',
  258: 'loongarch',
};

export const machineName = (machine: number): string => NAMES[machine] ?? `machine ${machine}`;
