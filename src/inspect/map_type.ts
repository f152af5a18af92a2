import { MapauditError } from '../base/errors.ts';
import type { GoType } from '../go/debug/go_type.ts';
import type { MapType } from '../go/types/go_type.ts';
import { type Addr, toAddr } from '../model/addr.ts';
import type { Program } from './place/program.ts';

/**
 * The runtime's descriptor of a map type, which says how its slots lie. Errors: `unknown-type` when the linker
 * has dropped it, as it does when no code of the program uses such maps.
 */
export function mapTypeOf(program: Program, type: GoType): MapType {
  const known = type.descriptor === undefined ? undefined : program.types.map(type.descriptor);
  if (known !== undefined) return known;
  const [found, another] = mapTypesNamed(program, (name) => name === type.name);
  if (found !== undefined && another === undefined) return found;
  throw new MapauditError('unknown-type', `the program has no description of ${type.name}`, {
    fields: { type: type.name },
    hint: 'The linker leaves out types that no code uses: there is then no such map in the program either.',
  });
}

/** The map types of the program whose name passes. */
export function mapTypesNamed(program: Program, wanted: (name: string) => boolean): readonly MapType[] {
  return allMapTypes(program).flatMap((address) => {
    const name = program.types.nameOf(address);
    if (name === undefined || !wanted(name)) return [];
    return program.types.map(address) ?? [];
  });
}

/** Descriptors of all map types that the binary has. */
export function allMapTypes({ binary, bias }: Program): readonly Addr[] {
  return binary.mapTypes().map((type) => toAddr(type, bias));
}
