import { readSymbols } from '../../binary/elf/symbols.ts';
import { type Addr, toAddr } from '../../model/addr.ts';
import type { Program } from '../place/program.ts';

const NAME = 'runtime.allgs';

/** Where the runtime's slice of all goroutines is: by DWARF, else by the symbol table. */
export function findAllgs(program: Program): Addr | undefined {
  const file =
    program.debug?.variable(NAME)?.address ??
    readSymbols(program.binary.elf).find((symbol) => symbol.name === NAME)?.address;
  return file === undefined ? undefined : toAddr(file, program.bias);
}
