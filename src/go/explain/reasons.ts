import type { GoVersion } from '../../model/go_version.ts';
import type { MapType } from '../types/go_type.ts';
import type { TypeReader } from '../types/type_reader.ts';
import { keyFacts, MAX_FAST_ELEM, ZERO_VALUE_SIZE } from './key_path.ts';
import type { MapSite } from './map_site.ts';

/** How the binary was built, as far as it changes what the compiler calls. */
export interface BuildFacts {
  readonly version: GoVersion;
  readonly race: boolean;
  /** Built with -N. */
  readonly unoptimised: boolean;
}

/**
 * Why the compiler calls this function there, one fact a sentence. Only what follows from the binary: nothing
 * about the key or element is said when the type is not known.
 */
export function reasonsFor(site: MapSite, types: TypeReader, build: BuildFacts): string[] {
  if (isOwnCode(site))
    return ["the runtime's own code: the function was chosen by hand, its type comes from outside"];
  const [map] = site.types;
  return [
    ...(map === undefined ? [] : variantReason(site, map, types)),
    ...formReason(site, build),
    ...typeReason(site, build),
  ];
}

/** runtime/map.go and its like: entry points that reflect and maps use. */
export function isOwnCode({ frames }: MapSite): boolean {
  return /(^|\/)runtime\/map[a-z_0-9]*\.go$/.test(frames[0]?.file ?? '');
}

/** Which of the variants, and what of the type decides it; go1.18–1.27 cmd/compile/internal/walk, mapfast. */
function variantReason({ callee, types: known }: MapSite, map: MapType, types: TypeReader): string[] {
  const key = types.head(map.key);
  const elem = types.head(map.elem);
  const facts = keyFacts(types, map.key);
  if (key === undefined || elem === undefined || facts === undefined || callee.path === 'none') return [];
  const keyName = known.length > 1 ? 'the key' : `the key, ${key.name},`;
  const elemName = known.length > 1 ? 'the element' : `the element, ${elem.name},`;
  if (callee.path === 'fat')
    return [
      `${elemName} has ${elem.size} bytes, more than ${ZERO_VALUE_SIZE}: what a read of an absent key gives is passed along (_fat)`,
    ];
  if (callee.path === 'generic' && elem.size > MAX_FAST_ELEM)
    return [
      `${elemName} has ${elem.size} bytes: above ${MAX_FAST_ELEM} only the generic functions serve, whatever the key is`,
    ];
  switch (callee.path) {
    case 'faststr':
      return [`${keyName} is a string: passed as pointer and length, hashed without a call through the type`];
    case 'fast32':
      return [`${keyName} is 4 bytes of plain memory without pointers: passed in a register`];
    case 'fast64':
      return facts.pointers
        ? [
            `${keyName} is one word that is or holds a pointer: only writes have a variant of their own for that (fast64ptr)`,
          ]
        : [`${keyName} is 8 bytes of plain memory without pointers: passed in a register`];
    case 'fast64ptr':
      return [
        `${keyName} is one word that is or holds a pointer: storing it must tell the garbage collector`,
      ];
    case 'generic':
      return [
        `${keyName} is neither a string nor 4 or 8 bytes of plain memory: it goes by address, and the type's own hash function is called`,
      ];
  }
}

function formReason(site: MapSite, build: BuildFacts): string[] {
  const { callee } = site;
  if (callee.op === 'access') {
    const form =
      callee.results === 2
        ? 'the form with ok: v, ok := m[k]'
        : 'only the value is asked for, not whether it is there';
    const wrapper = build.version.minor >= 27 && callee.results === 1 && callee.path !== 'fat';
    return wrapper ? [form, 'since Go 1.27 it is a wrapper, which calls its mapaccess2 namesake'] : [form];
  }
  if (callee.op === 'clear') return clearReason(build);
  if (callee.op === 'make') return makeReason(site);
  if (callee.op === 'clone') return ['maps.Clone copies the map as a whole: no mapassign for each entry'];
  if (callee.step === true) return ['each further turn of the range loop'];
  return callee.op === 'iterate' ? ['the start of a range loop'] : [];
}

/** Range loops that only delete become a mapclear, but never with -N or -race; the built-in came with Go 1.21. */
function clearReason({ version, race, unoptimised }: BuildFacts): string[] {
  if (version.minor < 21) return ['a range loop that only deletes every key is made into one call'];
  if (race || unoptimised)
    return [`clear(m): with ${race ? '-race' : '-N'} a loop that deletes every key stays a loop`];
  return ['clear(m), or a range loop that only deletes every key, which is made into one call'];
}

function makeReason({ callee, onStack }: MapSite): string[] {
  if (callee.seed === true)
    return [
      'the map does not escape and its hint is at most 8: header and first slots lie on the stack, nothing is called but the source of its random seed',
    ];
  if (callee.name === 'runtime.makemap_small')
    return ['the map escapes and its hint is absent or a constant up to 8; the function is given no type'];
  if (onStack === true)
    return ['with a hint above 8, or one that only shows at run time; the header lies on the stack'];
  const hint = 'with a hint above 8, or one that only shows at run time';
  return onStack === false ? [`${hint}; the map escapes: its header is allocated`] : [hint];
}

function typeReason(
  { typeSource, types, typesComplete, within, callee }: MapSite,
  build: BuildFacts,
): string[] {
  if (typeSource === 'dictionary') {
    const all = typesComplete ? 'all its callers in this binary' : 'those of its callers that tell';
    return types.length === 0
      ? ['generic code: the map type comes from the dictionary that the caller passes']
      : [`generic code: the map type comes from the dictionary; the types are those of ${all}`];
  }
  if (types.some((type) => type.name.includes('go.shape.')))
    return [
      `generic code of Go 1.${build.version.minor}: the type is that of the shape, shared by all types of its kind`,
    ];
  if (types.length > 0 || callee.type === undefined) return [];
  return within.name.includes('[')
    ? ['generic code: the map type comes from a dictionary that could not be followed']
    : [];
}
