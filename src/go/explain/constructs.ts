import { isOwnCode, type BuildFacts } from './reasons.ts';
import type { MapSite } from './map_site.ts';
import { plainName } from './names.ts';

/** Library functions that are map operations themselves, when they were inlined. */
const LIBRARY: readonly (readonly [name: string, shown: string])[] = [
  ['maps.DeleteFunc', 'maps.DeleteFunc'],
  ['maps.Copy', 'maps.Copy'],
  ['maps.Insert', 'maps.Insert'],
  ['maps.Collect', 'maps.Collect'],
  ['maps.Equal', 'maps.Equal'],
  ['maps.EqualFunc', 'maps.EqualFunc'],
  ['maps.Keys', 'maps.Keys'],
  ['maps.Values', 'maps.Values'],
  ['maps.All', 'maps.All'],
  ['maps.Clone', 'maps.Clone'],
];

/** What stands in the source; absent where several things can become this call. */
export function constructOf(site: MapSite, build: BuildFacts): string | undefined {
  if (isOwnCode(site)) return undefined;
  const { callee } = site;
  const plain = plainConstruct(site, build);
  const names = new Set(
    site.frames.map((frame) => plainName(frame.function).replace(/^golang\.org\/x\/exp\//, '')),
  );
  const library = LIBRARY.find(([name]) => names.has(name))?.[1];
  if (library === undefined) return plain;
  return plain === undefined || callee.op === 'clone' ? library : `${plain} in ${library}`;
}

function plainConstruct({ callee }: MapSite, { version, race, unoptimised }: BuildFacts): string | undefined {
  switch (callee.op) {
    case 'delete':
      return 'delete(m, k)';
    case 'access':
      return callee.results === 2 ? 'v, ok := m[k]' : 'm[k]';
    case 'iterate':
      return 'for range m';
    case 'clear':
      if (version.minor < 21) return 'for k := range m { delete(m, k) }';
      return race || unoptimised ? 'clear(m)' : undefined;
    case 'clone':
      return 'maps.Clone';
    case 'assign':
    case 'make':
      // A write can be m[k] = v, m[k] op= v, or an entry of a literal; a make also a literal.
      return undefined;
  }
}

/** For each site what its neighbour on the same line says of it; sites in the order of addresses. */
export function pairNote(
  site: MapSite,
  others: readonly MapSite[],
  { race }: BuildFacts,
): string | undefined {
  const { op, results } = site.callee;
  if (op !== 'assign' && !(op === 'access' && results === 1)) return undefined;
  const partner = others.find(
    (other) =>
      other.within.start === site.within.start &&
      (op === 'assign'
        ? other.callee.op === 'access' && other.callee.results === 1 && other.address < site.address
        : other.callee.op === 'assign' && other.address > site.address) &&
      sameLine(other, site) &&
      other.types[0]?.address === site.types[0]?.address,
  );
  if (partner === undefined) return undefined;
  return race
    ? 'read, then written on one line: in a -race build m[k] op= v is both (without, one mapassign, but for /= and %=); a read of its own looks the same'
    : 'read, then written on one line: m[k] /= v and m[k] %= v are both; so is a read of its own';
}

function sameLine(a: MapSite, b: MapSite): boolean {
  const [x, y] = [a.frames[0], b.frames[0]];
  return x?.file === y?.file && x?.line === y?.line && a.frames.length === b.frames.length;
}
