import type { Frame } from '../pclntab/frames.ts';
import type { MapType } from '../types/go_type.ts';
import type { CallSite } from './map_code.ts';

/** How a site's map type is known. */
export type TypeSource =
  /** The code passes its address. */
  | 'code'
  /** Generic code reads it from its dictionary, which the callers pass. */
  | 'dictionary'
  /** The call is given none; what is done with the map in the same function tells. */
  | 'use';

/** One map operation in a binary: the call that the compiler made of it, where, and on which map. */
export interface MapSite extends CallSite {
  /** Innermost first; all but the last were inlined into the next. */
  readonly frames: readonly Frame[];
  /** More than one in generic code. Empty where it is not known. */
  readonly types: readonly MapType[];
  /** There can be no types but these. */
  readonly typesComplete: boolean;
  readonly typeSource: TypeSource | undefined;
  /** Of a make: the header lies on the goroutine's stack. Undefined where the code does not tell. */
  readonly onStack?: boolean;
}
