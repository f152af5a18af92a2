import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { MapauditError } from '../base/errors.ts';
import { printable } from '../protocol/text/printable.ts';
import type { ProfiledFunction, ReportProfile } from '../protocol/report.ts';

const FUNCTIONS = 25;
const CALLERS = 10;
/** A profile unpacked: hours of one are a tenth of it. */
const MAX = 1 << 29;

/**
 * The runtime's functions that work on maps, in all of Go 1.18 to 1.27: `runtime.map…`, `runtime.(*hmap)…`,
 * `internal/runtime/maps.…`. What they call (hashing, copying) counts as theirs by the stack.
 */
const MAP_FUNCTION =
  /^(?:internal\/runtime\/maps\.|runtime\.(?:map(?:access|assign|delete|iter|clear|clone)|evacuate|growWork|hashGrow|\(\*hmap\)))/;
const RUNTIME = /^(?:runtime|internal\/runtime\/[\w/]+|reflect|maps|internal\/abi)\./;

/**
 * Values that are time on a processor, the best first: `cpu` and `samples` of runtime/pprof (Go 1.26,
 * src/runtime/pprof/proto.go), `cycles` of perf. Not those of heaps, locks and map operations.
 */
const CPU_TYPES: readonly RegExp[] = [/^cpu$/, /^samples$/, /^(?:cpu-)?(?:cycles|clock)/];

/** Reads a CPU profile in pprof form, gzipped or not. Errors: `not-pprof`, `not-cpu-profile`. */
export function cpuProfile(
  file: string,
  bytes: Uint8Array,
  span: { from: number; to: number },
): ReportProfile {
  const profile = decoded(file, bytes);
  const text = (index: number | bigint | undefined): string =>
    profile.stringTable.strings[Number(index ?? 0)] ?? '';
  const types = profile.sampleType.map(({ type, unit }) => ({ type: text(type), unit: text(unit) }));
  const value = CPU_TYPES.map((wanted) => types.findIndex(({ type }) => wanted.test(type))).find(
    (i) => i >= 0,
  );
  if (value === undefined) throw notCpu(file, types);
  const names = new Map(profile.function.map(({ id, name }) => [String(id), text(name)]));
  const places = new Map(
    profile.location.map(({ id, line, address }) => {
      const calls = line.map(({ functionId }) => names.get(String(functionId)) ?? '?');
      return [String(id), calls.length > 0 ? calls : [`0x${BigInt(address).toString(16)}`]];
    }),
  );
  const sums = new Sums();
  for (const { locationId, value: values } of profile.sample) {
    const stack = locationId.flatMap((id) => places.get(String(id)) ?? []);
    sums.add(stack, Number(values[value] ?? 0));
  }
  if (profile.sample.length === 0 || sums.total <= 0) throw notPprof(file, 'it holds no samples', undefined);
  const start = Number(profile.timeNanos) / 1e6;
  const length = Number(profile.durationNanos) / 1e6;
  const to = start + length;
  return {
    file,
    unit: types[value]?.unit ?? '',
    ...(start > 0 ? { from: start, to, overlaps: start < span.to && to > span.from } : {}),
    samples: profile.sample.length,
    ...sums.shares(),
  };
}

class Sums {
  total = 0;
  #maps = 0;
  readonly #flat = new Map<string, number>();
  readonly #cumulative = new Map<string, number>();
  readonly #callers = new Map<string, number>();

  /** Innermost first. */
  add(stack: readonly string[], value: number): void {
    this.total += value;
    const [leaf] = stack;
    if (leaf !== undefined) add(this.#flat, leaf, value);
    for (const name of new Set(stack)) add(this.#cumulative, name, value);
    const map = stack.findIndex((name) => MAP_FUNCTION.test(name));
    if (map < 0) return;
    this.#maps += value;
    const caller = stack.slice(map).find((name) => !RUNTIME.test(name));
    if (caller !== undefined) add(this.#callers, caller, value);
  }

  shares(): Pick<ReportProfile, 'map_share' | 'functions' | 'callers'> {
    const share = (value: number): number => value / this.total;
    const functions = [...this.#cumulative.keys()]
      .map((name): ProfiledFunction => ({
        function: name,
        flat: share(this.#flat.get(name) ?? 0),
        cumulative: share(this.#cumulative.get(name) ?? 0),
        ...(MAP_FUNCTION.test(name) ? { is_map: true as const } : {}),
      }))
      .sort((a, b) => b.flat - a.flat)
      .slice(0, FUNCTIONS);
    const callers = [...this.#callers]
      .sort(([, a], [, b]) => b - a)
      .slice(0, CALLERS)
      .map(([name, value]) => ({ function: name, share: share(value) }));
    return { map_share: share(this.#maps), functions, callers };
  }
}

function add(sums: Map<string, number>, name: string, value: number): void {
  sums.set(name, (sums.get(name) ?? 0) + value);
}

function decoded(file: string, bytes: Uint8Array): Profile {
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const profile = Profile.decode(isGzip ? gunzipSync(bytes, { maxOutputLength: MAX }) : bytes);
    if (profile.sampleType.length > 0) return profile;
  } catch (error) {
    throw notPprof(file, undefined, error);
  }
  throw notPprof(file, undefined, undefined);
}

const TAKE_ONE =
  'Take one with curl -o cpu.pprof http://HOST/debug/pprof/profile?seconds=30, or runtime/pprof.StartCPUProfile.';

function notCpu(file: string, types: readonly { readonly type: string }[]): MapauditError {
  const names = types.map(({ type }) => printable(type)).join(', ');
  return new MapauditError('not-cpu-profile', `${file} is no CPU profile: it has ${names}`, {
    hint: TAKE_ONE,
    fields: { file },
  });
}

function notPprof(file: string, why: string | undefined, cause: unknown): MapauditError {
  return new MapauditError(
    'not-pprof',
    `${file} is no profile in pprof form${why === undefined ? '' : `: ${why}`}`,
    {
      cause,
      hint: TAKE_ONE,
      fields: { file },
    },
  );
}
