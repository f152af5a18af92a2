import type { Advice } from '../protocol/advice.ts';
import { rate } from '../protocol/text/numbers.ts';
import { perSecond, totalOf } from './counts.ts';
import type { CountedOp, MapFacts, PartFacts, SiteCount } from './facts.ts';
import { localType, variableOf } from './go_code.ts';

/**
 * The fast functions save some 20 to 40 ns an operation (BenchmarkInt16 against BenchmarkInt32 and the like, go1.23
 * and go1.26 on amd64, maps of 1,000 entries): from here on it is a thousandth of a core.
 */
const LEAST_PER_SECOND = 50_000;

/** Functions for any key: go1.18–1.27 src/runtime/map.go. */
const SLOW = /^runtime\.map(?:assign|delete|access[12](?:_fat)?)$/;
const KEYED: readonly CountedOp[] = ['assign', 'delete', 'access'];

/** Another key type for the same keys, and how one becomes the other. */
interface Rewrite {
  readonly type: string;
  readonly convert: string;
  readonly why: string;
}

/**
 * Keys that the compiler has no fast functions for, where a type that holds the same has: 4 or 8 bytes that
 * compare as memory, or a string. go1.26.8 src/cmd/compile/internal/walk/walk.go, mapfast; the same since 1.17.
 */
export function fastKey(facts: MapFacts): Advice | undefined {
  const { key, elem } = facts;
  // With large elements no key is fast: that is said elsewhere.
  if (facts.kind !== 'map' || key === undefined || elem?.size === undefined || elem.size > 128)
    return undefined;
  const rewrite = rewriteOf(key);
  const slow = (facts.counts ?? [])
    .filter((one) => KEYED.includes(one.op) && SLOW.test(one.function ?? ''))
    .sort((a, b) => b.count - a.count);
  const [busiest] = slow;
  const total = slow.reduce((sum: number, one: SiteCount) => sum + one.count, 0);
  const each = perSecond(facts, total);
  if (rewrite === undefined || busiest === undefined || each === undefined) return undefined;
  if (each < LEAST_PER_SECOND) return undefined;
  const { site } = busiest;
  const name = variableOf(facts, site);
  const all = totalOf(facts, ...KEYED);
  return {
    type: 'advice',
    kind: 'fast-key',
    ...(facts.pid === undefined ? {} : { pid: facts.pid }),
    map: facts.map,
    site,
    text: `${rewrite.why}: with ${rewrite.type} as key they take the fast functions`,
    evidence: [
      {
        source: 'operations',
        what: 'operations a second in functions for any key',
        value: each,
        unit: 'per_second',
      },
      {
        source: 'operations',
        what: `of these from the busiest line, in ${busiest.function ?? ''}`,
        value: busiest.count,
        site,
      },
      ...(all === undefined
        ? []
        : [
            {
              source: 'operations' as const,
              what: 'of all operations with a key',
              value: total / all,
              unit: 'share' as const,
            },
          ]),
      ...(key.size === undefined
        ? []
        : [{ source: 'binary' as const, what: 'bytes of a key', value: key.size, unit: 'bytes' as const }]),
    ],
    gain: {
      operations_per_second: each,
      how: `${rate(each)} operations/s by the fast functions, some 20 to 40 ns less each`,
    },
    code: `map[${rewrite.type}]${localType(elem.type, site)} // ${name}[${rewrite.convert}]`,
  };
}

function rewriteOf({ kind, size, type, pointers, dynamicTypes }: PartFacts): Rewrite | undefined {
  const slow = `keys of type ${type} are hashed and compared by functions for any key`;
  if (kind === 'int8' || kind === 'int16') return { type: 'int32', convert: 'int32(k)', why: slow };
  if (kind === 'uint8' || kind === 'uint16') return { type: 'uint32', convert: 'uint32(k)', why: slow };
  if (kind === 'float64')
    return {
      type: 'uint64',
      convert: 'math.Float64bits(k)',
      why: `${slow} (the bits tell 0 from -0, and find NaN again)`,
    };
  if (kind === 'interface' && dynamicTypes?.length === 1 && FAST_TYPES.test(dynamicTypes[0] ?? '')) {
    const [only] = dynamicTypes;
    if (only !== undefined)
      return { type: only, convert: `k.(${only})`, why: `${slow}, and all that were seen hold ${only}` };
  }
  if (kind === 'struct' && pointers === false && size !== undefined && size <= 8)
    return {
      type: size <= 4 ? 'uint32' : 'uint64',
      convert: `k.pack()`,
      why: `${slow}, and their ${size} bytes fit into one number`,
    };
  return undefined;
}

const FAST_TYPES = /^(?:string|int|uint|int32|uint32|int64|uint64|uintptr)$/;
