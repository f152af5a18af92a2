import { MapauditError } from '../../base/errors.ts';
import { imageOf } from '../../binary/elf/image.ts';
import type { GoBinary } from '../go_binary.ts';
import type { Frame } from '../pclntab/frames.ts';
import { linesOfFile, placesInlined } from '../pclntab/source_lines.ts';
import type { CallSite } from './map_code.ts';
import { belongsTo, matchFiles, matchFunction, nearestFiles, plainName } from './names.ts';
import type { Where } from './where.ts';

/** A call with its frames, before it is known on which map. */
export interface PlacedCall extends CallSite {
  readonly frames: readonly Frame[];
}

/** The place that a user meant. */
export type Place =
  | { readonly kind: 'function'; readonly name: string; readonly inlinedEverywhere: boolean }
  | { readonly kind: 'file'; readonly file: string; readonly line: number | undefined };

/** So many candidates are listed, no more. */
const MAX_LISTED = 8;

/**
 * The place that is meant. Errors: `explain-unknown-function`, `explain-ambiguous-function`,
 * `explain-unknown-file`, `explain-ambiguous-file`, `explain-no-code`.
 */
export function findPlace(binary: GoBinary, where: Where): Place {
  return where.kind === 'function'
    ? findFunction(binary, where.name)
    : findFile(binary, where.file, where.line);
}

/** Whether a call stands at a place, by itself or because it was inlined there. */
export function standsAt(frames: readonly Frame[], place: Place): boolean {
  if (place.kind === 'function') return frames.some((frame) => belongsTo(frame.function, place.name));
  const { file, line } = place;
  return frames.some((frame) => frame.file === file && (line === undefined || frame.line === line));
}

function findFunction(binary: GoBinary, asked: string): Place {
  const names = binary.table.functionNames();
  const match = matchFunction(asked, names);
  if (match.kind === 'one') {
    const own = names.filter((name) => plainName(name) === match.name);
    const inlinedEverywhere = !own.some((name) => binary.functionNamed(name) !== undefined);
    return { kind: 'function', name: match.name, inlinedEverywhere };
  }
  if (match.kind === 'many')
    throw new MapauditError(
      'explain-ambiguous-function',
      `${asked} can be ${match.names.length} functions:\n${listed(match.names)}`,
      { hint: 'Give more of its name.', fields: { candidates: match.names.length } },
    );
  if (names.some((name) => name.startsWith(`${asked}.`) || name.includes(`/${asked}.`)))
    throw new MapauditError(
      'explain-unknown-function',
      `the binary has no function ${asked}: it is a package`,
      {
        hint: `Give a function of it, as stack traces write it, or a place: cache.go:88.`,
      },
    );
  const near = match.near.length > 0 ? `Did you mean ${match.near.join(', or ')}?` : undefined;
  throw new MapauditError('explain-unknown-function', `the binary has no function ${asked}`, {
    hint:
      near ??
      'Code that nothing calls is not in the binary. Write it as stack traces do: shop.(*Cache).evict; or give a place: cache.go:88.',
  });
}

function findFile(binary: GoBinary, asked: string, line: number | undefined): Place {
  const files = binary.table.fileNames();
  const found = ownFirst(binary, matchFiles(asked, files));
  const [file] = found;
  if (file === undefined) {
    const near = nearestFiles(asked, files);
    throw new MapauditError('explain-unknown-file', `no code of the binary comes from a file ${asked}`, {
      hint:
        near.length > 0
          ? `Did you mean ${near.join(', or ')}?`
          : 'Give the end of its path: shop/cache.go:88.',
    });
  }
  if (found.length > 1)
    throw new MapauditError(
      'explain-ambiguous-file',
      `${asked} can be ${found.length} files:\n${listed(found)}`,
      { hint: 'Give more of its path.', fields: { candidates: found.length } },
    );
  if (line !== undefined) mustHaveCode(binary, file, line);
  return { kind: 'file', file, line };
}

/** Of files with the same name, the one that is not Go's own is meant, where there is one. */
function ownFirst(binary: GoBinary, files: readonly string[]): readonly string[] {
  const start = binary.functionNamed('runtime.main')?.start;
  const [{ file } = {}] = start === undefined ? [] : binary.frames(start);
  const goroot = file?.replace(/runtime\/proc\.go$/, '') ?? '';
  const own = goroot === '' ? [] : files.filter((one) => !one.startsWith(goroot));
  return own.length === 1 ? own : files;
}

function mustHaveCode(binary: GoBinary, file: string, line: number): void {
  const lines = linesOfFile(binary.table, file);
  if (lines.includes(line)) return;
  const near = [lines.findLast((one) => one < line), lines.find((one) => one > line)];
  const given = near.filter((one) => one !== undefined);
  throw new MapauditError('explain-no-code', `there is no code for line ${line} of ${file}`, {
    hint:
      given.length === 0
        ? 'The binary has no code of this file.'
        : `The nearest ${given.length === 1 ? 'line' : 'lines'} with code: ${given.join(' and ')}.`,
    fields: { line },
  });
}

/** Why a place has no map operation: `explain-no-map-operation`. `all` are those of the whole binary. */
export function noOperation(binary: GoBinary, place: Place, all: readonly PlacedCall[]): MapauditError {
  if (place.kind === 'function') {
    const message = `${place.name} calls no map function`;
    if (!place.inlinedEverywhere) return nothing(message, LEN_HINT);
    const places = placesInlined(
      binary.table,
      imageOf(binary.elf),
      binary.moduleData.gofunc,
      (name) => plainName(name) === place.name,
      MAX_LISTED,
    );
    const where = places.map((frame) => `${frame.function} at ${frame.file}:${frame.line}`);
    const inlined = where.length === 0 ? '' : `, into\n${listed(where)}`;
    return nothing(
      `${message}; it has no code of its own: it was inlined wherever it is called${inlined}`,
      LEN_HINT,
    );
  }
  const { file, line } = place;
  const frames = all.flatMap((call) => call.frames.filter((frame) => frame.file === file));
  const lines = [...new Set(frames.map((frame) => frame.line))].sort((a, b) => a - b);
  const at = line ?? 0;
  const near = [lines.findLast((one) => one < at), lines.find((one) => one > at)].filter(
    (one) => one !== undefined,
  );
  const hint =
    near.length === 0 ? 'Nor does any other line of it.' : `In this file, lines ${near.join(' and ')} do.`;
  if (line === undefined) return nothing(`no code of ${file} calls a map function`, LEN_HINT);
  return nothing(`line ${line} of ${file} calls no map function`, hint);
}

const LEN_HINT = 'len(m), reads of a nil map that the compiler sees, and sync.Map since Go 1.24 call none.';

function nothing(message: string, hint: string): MapauditError {
  return new MapauditError('explain-no-map-operation', message, { hint });
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED).map((name) => `    ${name}`);
  if (names.length > MAX_LISTED) shown.push(`    and ${names.length - MAX_LISTED} more`);
  return shown.join('\n');
}
