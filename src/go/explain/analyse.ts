import { addr, type FileAddr } from '../../model/addr.ts';
import type { Register } from '../../model/probe_plan.ts';
import type { MapType } from '../types/go_type.ts';
import type { TypeReader } from '../types/type_reader.ts';
import { Dictionaries, isGeneric } from './dictionary.ts';
import { writePath, ZERO_VALUE_SIZE } from './key_path.ts';
import type { KeyPath, MapCall } from './map_calls.ts';
import type { CallSite, MapCode } from './map_code.ts';
import type { MapSite, TypeSource } from './map_site.ts';
import { type Origin, originBefore } from './origin.ts';
import { headerOnStack } from './stack_maps.ts';

type Typing = Pick<MapSite, 'types' | 'typesComplete' | 'typeSource'>;

const UNTYPED: Typing = { types: [], typesComplete: false, typeSource: undefined };

/**
 * Finds out on which map type each call works, and which calls make a map on the stack. Candidates that are
 * no calls, and seeds that are no map's, are left out. `sites` should hold all calls of the functions in
 * question: what is done with a map tells the type of a make that is given none.
 */
export function analyse(code: MapCode, candidates: readonly CallSite[]): MapSite[] {
  const types = code.binary.typeReader();
  const dictionaries = new Dictionaries(code);
  const byFunction = new Map<FileAddr, CallSite[]>();
  for (const site of candidates) {
    const known = byFunction.get(site.within.start);
    if (known === undefined) byFunction.set(site.within.start, [site]);
    else known.push(site);
  }
  return [...byFunction.values()].flatMap((sites) => new Analysis(code, types, dictionaries, sites).sites());
}

/** Where the type of a call comes from. */
interface Traced {
  readonly site: CallSite;
  readonly type: Origin | undefined;
  /** Of a seed: where in the frame the header lies. */
  readonly header: number | undefined;
}

/** The calls of one function. */
class Analysis {
  readonly #code: MapCode;
  readonly #types: TypeReader;
  readonly #dictionaries: Dictionaries;
  readonly #traced: readonly Traced[];
  readonly #origins = new Map<string, Origin | undefined>();

  constructor(code: MapCode, types: TypeReader, dictionaries: Dictionaries, candidates: readonly CallSite[]) {
    this.#code = code;
    this.#types = types;
    this.#dictionaries = dictionaries;
    this.#traced = candidates
      .filter(({ address, within }) => code.isCall(address, within))
      .map((site) => this.#trace(site))
      .filter(({ site, header }) => site.callee.seed !== true || header !== undefined);
  }

  sites(): MapSite[] {
    return this.#traced.map((traced) => {
      const { site, header } = traced;
      const onStack = header !== undefined ? true : this.#isOnStack(site);
      return {
        ...site,
        frames: this.#code.binary.frames(site.address),
        ...this.#typing(traced),
        ...(onStack === undefined ? {} : { onStack }),
      };
    });
  }

  #trace(site: CallSite): Traced {
    const { type, seed } = site.callee;
    const outline = this.#code.outline(site.within);
    return {
      site,
      type: this.#origin(site, type),
      header: seed === true ? headerOnStack(outline, site, this.#code.binary.flavour) : undefined,
    };
  }

  /** What a register holds at a call. Remembered: each make looks at all operations of the function. */
  #origin({ address, within }: CallSite, register: Register | undefined): Origin | undefined {
    if (register === undefined) return undefined;
    const key = `${register}@${address}`;
    if (this.#origins.has(key)) return this.#origins.get(key);
    const outline = this.#code.outline(within);
    const index = outline.indexAt(address);
    const origin = index === undefined ? undefined : originBefore(outline, index, register);
    this.#origins.set(key, origin);
    return origin;
  }

  #typing(traced: Traced): Typing {
    const { site, type } = traced;
    if (site.callee.type === undefined) return this.#fromUse(traced);
    if (type === undefined) return UNTYPED;
    const { addresses, complete } = this.#dictionaries.constants(type, site.within);
    const types = [...addresses].flatMap((address) => {
      const map = this.#types.map(addr(address));
      return map !== undefined && this.#fits(map, site.callee) ? [map] : [];
    });
    const source: TypeSource | undefined =
      type.kind === 'constant' ? 'code' : isDictionary(type, site) ? 'dictionary' : undefined;
    return {
      types,
      typesComplete: complete && types.length === addresses.size && types.length > 0,
      typeSource: types.length > 0 ? (source ?? 'code') : source,
    };
  }

  /** The type of another operation of the function on what this call made, or on the iterator that it steps. */
  #fromUse({ site, header }: Traced): Typing {
    const iterator = this.#origin(site, site.callee.iterator);
    if (site.callee.iterator !== undefined && iterator === undefined) return UNTYPED;
    for (const one of this.#traced) {
      if (one.site.callee.type === undefined) continue;
      const isIts =
        iterator !== undefined
          ? isSame(this.#origin(one.site, one.site.callee.iterator), iterator)
          : isMade(this.#origin(one.site, one.site.callee.map), site, header);
      const typing = isIts ? this.#typing(one) : UNTYPED;
      if (typing.types.length > 0) return { ...typing, typeSource: 'use' };
    }
    return UNTYPED;
  }

  #isOnStack(site: CallSite): boolean | undefined {
    const { callee } = site;
    if (callee.op !== 'make') return undefined;
    if (callee.name === 'runtime.makemap_small') return false;
    const header = this.#origin(site, 'RCX');
    if (header?.kind === 'frame') return true;
    return header?.kind === 'zero' ? false : undefined;
  }

  /** Whether the compiler would call this function for maps of that type: if not, the type was misread. */
  #fits(map: MapType, callee: MapCall): boolean {
    if (callee.path === 'none') return true;
    const path = writePath(this.#types, map);
    return path !== undefined && pathOf(callee, path, this.#types.head(map.elem)?.size ?? 0) === callee.path;
  }
}

/** The path of an operation on maps whose writes take `write`. */
function pathOf({ op }: MapCall, write: KeyPath, elemSize: number): KeyPath {
  if (op === 'assign') return write;
  if (op === 'access' && elemSize > ZERO_VALUE_SIZE) return 'fat';
  return write === 'fast64ptr' ? 'fast64' : write;
}

function isArgument(origin: Origin | undefined): boolean {
  if (origin?.kind === 'load') return isArgument(origin.from);
  return origin?.kind === 'argument';
}

/** Only generic code gets types through an argument. */
function isDictionary(origin: Origin, { within }: CallSite): boolean {
  return origin.kind === 'load' && isArgument(origin) && isGeneric(within.name);
}

function isSame(a: Origin | undefined, b: Origin): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether a map is the one that a call made, or whose header lies there in the frame. */
function isMade(map: Origin | undefined, maker: CallSite, header: number | undefined): boolean {
  if (header !== undefined) return map?.kind === 'frame' && map.displacement === header;
  return map?.kind === 'result' && map.call === maker.address;
}
