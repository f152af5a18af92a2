import { MapauditError } from '../base/errors.ts';
import { analyse } from '../go/explain/analyse.ts';
import { constructOf, pairNote } from '../go/explain/constructs.ts';
import { MapCode } from '../go/explain/map_code.ts';
import type { MapSite } from '../go/explain/map_site.ts';
import { type BuildFacts, isOwnCode, reasonsFor } from '../go/explain/reasons.ts';
import { findPlace, noOperation, type Place, standsAt } from '../go/explain/select.ts';
import { parseWhere } from '../go/explain/where.ts';
import type { GoBinary } from '../go/go_binary.ts';
import type { MapType } from '../go/types/go_type.ts';
import type { TypeReader } from '../go/types/type_reader.ts';
import { hex } from '../model/addr.ts';
import type {
  ExplainBinary,
  ExplainMap,
  ExplainPlace,
  ExplainReport,
  ExplainSite,
} from '../protocol/explain_report.ts';
import { versionName } from './version_name.ts';

/**
 * Which map functions the compiler chose at a place. Errors: those of `findPlace`, `explain-no-map-operation`.
 */
export function explainPlace(binary: GoBinary, path: string, where: string): ExplainReport {
  const place = findPlace(binary, parseWhere(where));
  const code = new MapCode(binary);
  const all = code.candidates().map((call) => ({ ...call, frames: binary.frames(call.address) }));
  const there = all.filter((call) => standsAt(call.frames, place));
  // The type of what a call made shows in the other calls of the same function.
  const functions = new Set(there.map((call) => call.within.start));
  const analysed = analyse(
    code,
    all.filter((call) => functions.has(call.within.start)),
  );
  const sites = analysed.filter((site) => standsAt(site.frames, place));
  if (sites.length === 0) {
    const real = all.filter((call) => call.callee.seed !== true);
    throw noOperation(binary, place, real);
  }
  return {
    type: 'explain',
    binary: factsOf(binary, path),
    place: placeOf(place),
    sites: explained(binary, sites),
  };
}

/** Every operation on maps of the types that match. Error: `explain-no-map-operation`. */
export function explainTypes(binary: GoBinary, path: string, map: string): ExplainReport {
  const pattern = new RegExp(map);
  const code = new MapCode(binary);
  const analysed = analyse(code, code.candidates()).filter((site) => !isOwnCode(site));
  const sites = analysed.filter((site) => site.types.some((type) => pattern.test(type.name)));
  const undecided = analysed.filter((site) => site.types.length === 0).length;
  if (sites.length === 0)
    throw new MapauditError(
      'explain-no-map-operation',
      `no operation of the binary is on a map type that matches ${map}`,
      {
        hint: `A type is written as in Go, with the package's name: map[string]*shop.Session. Of ${undecided} operations the type is not known.`,
        fields: { undecided },
      },
    );
  return { type: 'explain', binary: factsOf(binary, path), map, sites: explained(binary, sites), undecided };
}

function explained(binary: GoBinary, sites: readonly MapSite[]): ExplainSite[] {
  const types = binary.typeReader();
  const build = buildOf(binary);
  const byFunction = new Map<number, MapSite[]>();
  for (const site of sites) {
    const known = byFunction.get(site.within.start);
    if (known === undefined) byFunction.set(site.within.start, [site]);
    else known.push(site);
  }
  return sites.map((site) => {
    const pair = pairNote(site, byFunction.get(site.within.start) ?? [], build);
    const why = [...reasonsFor(site, types, build), ...(pair === undefined ? [] : [pair])];
    return siteOf(site, types, why, constructOf(site, build));
  });
}

function siteOf(
  site: MapSite,
  types: TypeReader,
  why: readonly string[],
  construct: string | undefined,
): ExplainSite {
  const { callee, typesComplete, typeSource, onStack } = site;
  return {
    address: hex(site.address),
    op: callee.op,
    ...(callee.seed === true ? {} : { function: callee.name }),
    ...(construct === undefined ? {} : { construct }),
    frames: site.frames,
    maps: site.types.map((type) => mapOf(type, types)),
    ...(typesComplete ? {} : { maps_incomplete: true }),
    ...(typeSource === undefined ? {} : { maps_from: typeSource }),
    ...(onStack === undefined ? {} : { on_stack: onStack }),
    why,
  };
}

function mapOf(map: MapType, types: TypeReader): ExplainMap {
  const key = types.head(map.key);
  const elem = types.head(map.elem);
  return {
    type: map.name,
    ...(key === undefined ? {} : { key: { type: key.name, size: key.size } }),
    ...(elem === undefined ? {} : { elem: { type: elem.name, size: elem.size } }),
    ...(map.indirectKey ? { indirect_key: true } : {}),
    ...(map.indirectElem ? { indirect_elem: true } : {}),
  };
}

function placeOf(place: Place): ExplainPlace {
  if (place.kind === 'function')
    return { function: place.name, ...(place.inlinedEverywhere ? { inlined_everywhere: true } : {}) };
  return { file: place.file, ...(place.line === undefined ? {} : { line: place.line }) };
}

function buildOf({ version, buildInfo }: GoBinary): BuildFacts {
  const { settings } = buildInfo;
  const flags = (settings.get('-gcflags') ?? '').split(/[\s=]+/);
  return { version, race: settings.get('-race') === 'true', unoptimised: flags.includes('-N') };
}

function factsOf(binary: GoBinary, path: string): ExplainBinary {
  const { race, unoptimised } = buildOf(binary);
  return {
    path,
    go_version: versionName(binary.version),
    flavour: binary.flavour,
    race,
    ...(unoptimised ? { unoptimised: true } : {}),
  };
}
