import { pathToFileURL } from 'node:url';
import type { EventFrame } from '../../protocol/event.ts';
import type { Race, RaceSide, Writing } from '../../protocol/race.ts';
import { lockWords } from './lock_words.ts';
import { mapLabel, placeLabel } from '../../protocol/text/labels.ts';

/** SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/. Only what `race` needs of it. */
interface Region {
  readonly startLine: number;
}
interface Location {
  readonly id?: number;
  readonly physicalLocation?: {
    readonly artifactLocation: { readonly uri: string };
    readonly region?: Region;
  };
  readonly logicalLocations?: readonly { readonly fullyQualifiedName: string; readonly kind: 'function' }[];
  readonly message?: { readonly text: string };
}
interface Result {
  readonly ruleId: string;
  readonly level: 'error';
  readonly message: { readonly text: string };
  readonly locations: readonly Location[];
  readonly relatedLocations: readonly Location[];
  readonly stacks: readonly {
    readonly message: { readonly text: string };
    readonly frames: readonly { readonly location: Location }[];
  }[];
  readonly occurrenceCount: number;
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

const RULES = [
  {
    id: 'map-race',
    shortDescription: { text: 'Two goroutines use a map at the same time, and one of them writes' },
    help: { text: 'Guard the map with a mutex, use sync.Map, or give each goroutine a map of its own.' },
  },
  {
    id: 'map-being-written',
    shortDescription: { text: 'A map is used while another goroutine is writing it' },
    help: { text: 'Guard the map with a mutex, use sync.Map, or give each goroutine a map of its own.' },
  },
] as const;

/** The log of one run. */
export function sarifOf(found: readonly (Race | Writing)[]): unknown {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'mapaudit', rules: RULES } },
        results: found.map((line) => (line.type === 'race' ? ofRace(line) : ofWriting(line))),
      },
    ],
  };
}

function ofRace(race: Race): Result {
  const [a, b] = race.sides;
  return {
    ruleId: 'map-race',
    level: 'error',
    message: { text: `${race.kind} race on ${mapLabel(race.map)}: ${sideText(a)} and ${sideText(b)}` },
    locations: [locationOf(a.caller)],
    relatedLocations: [{ id: 1, ...locationOf(b.caller), message: { text: sideText(b) } }],
    stacks: race.sides.map(stackOf),
    occurrenceCount: race.count,
    partialFingerprints: { 'places/v1': race.sides.map(fingerprint).sort().join(' | ') },
  };
}

function ofWriting({ map, side, count }: Writing): Result {
  return {
    ruleId: 'map-being-written',
    level: 'error',
    message: { text: `${sideText(side)} while another goroutine was writing ${mapLabel(map)}` },
    locations: [locationOf(side.caller)],
    relatedLocations: [],
    stacks: [stackOf(side)],
    occurrenceCount: count,
    partialFingerprints: { 'places/v1': fingerprint(side) },
  };
}

const sideText = (side: RaceSide): string => `${side.op} in ${placeLabel(side.caller ?? {})}`;

/** Without the line: it changes with every edit above it. */
const fingerprint = (side: RaceSide): string => `${side.op} ${side.caller?.function ?? side.function}`;

function stackOf(side: RaceSide): Result['stacks'][number] {
  const frames = side.stack ?? (side.caller === undefined ? [] : [side.caller]);
  return {
    message: {
      text: [
        `${side.op}${side.goroutine === undefined ? '' : ` by goroutine ${side.goroutine.id}`}`,
        ...lockWords(side),
      ].join('; '),
    },
    frames: frames.map((frame) => ({ location: locationOf(frame) })),
  };
}

function locationOf(frame: EventFrame | undefined): Location {
  if (frame === undefined) return {};
  const { function: name, file, line } = frame;
  return {
    ...(file === undefined
      ? {}
      : {
          physicalLocation: {
            artifactLocation: { uri: uriOf(file) },
            ...(line === undefined || line < 1 ? {} : { region: { startLine: line } }),
          },
        }),
    logicalLocations: [{ fullyQualifiedName: name, kind: 'function' }],
  };
}

/** Absolute paths are files of the machine that built the program; those of -trimpath are names of modules. */
const uriOf = (file: string): string => (file.startsWith('/') ? pathToFileURL(file).href : encodeURI(file));
