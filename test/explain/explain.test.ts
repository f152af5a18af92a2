import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readSymbols } from '../../src/binary/elf/symbols.ts';
import { analyse } from '../../src/go/explain/analyse.ts';
import { MapCode } from '../../src/go/explain/map_code.ts';
import type { MapSite } from '../../src/go/explain/map_site.ts';
import { type GoBinary, openGoBinary } from '../../src/go/go_binary.ts';
import type { ExplainReport, ExplainSite } from '../../src/protocol/explain_report.ts';
import { explainPlace, explainTypes } from '../../src/query/explain_report.ts';
import { openFile } from '../../src/sys/file_source.ts';
import { type Build, buildGo } from '../support/go_build.ts';
import { compilerCalls } from './compiler.ts';
import { type Mark, readMarks } from './marks.ts';

const FOLDER = fileURLToPath(new URL('../programs/explain/', import.meta.url));
const VERSIONS = ['1.18.10', '1.21.13', '1.23.12', '1.24.13', '1.26.8', '1.27.4'];
const BUILDS: readonly Build[] = ['default', 'race', 'N', 'stripped', 'pie'];

/** A built program, opened once for each build. */
const opened = new Map<string, GoBinary>();
function binaryOf(version: string, build: Build): GoBinary {
  const path = buildGo('explain', version, build);
  const known = opened.get(path) ?? openGoBinary(openFile(path));
  opened.set(path, known);
  return known;
}

const answers = new Map<string, ExplainReport>();
function explained(version: string, build: Build, where: string): ExplainReport {
  const key = `${version} ${build} ${where}`;
  const known = answers.get(key) ?? explainPlace(binaryOf(version, build), 'program', where);
  answers.set(key, known);
  return known;
}

const nameOf = (site: ExplainSite): string => site.function ?? 'stack';

/** The calls of one line, by instance of its code: each function, and each place where it was inlined. */
function instances(report: ExplainReport, { file, line }: Mark): string[][] {
  const found = new Map<string, string[]>();
  for (const site of report.sites) {
    const [frame, ...outer] = site.frames;
    if (frame?.line !== line || !frame.file?.endsWith(`/${file}`)) continue;
    const types = site.maps.map((map) => map.type);
    // Up to 1.20 all instances of a generic function have one name; their map types tell them apart.
    const own = frame.function.includes('[...]') ? types.join() : '';
    const key = [frame.function, own, ...outer.map((one) => `${one.function}:${one.line ?? 0}`)].join(' < ');
    found.set(key, [...(found.get(key) ?? []), nameOf(site)]);
  }
  return [...found.values()].map((calls) => calls.sort());
}

const cases = VERSIONS.flatMap((version) => BUILDS.map((build) => [version, build] as const));

describe.each(cases)('go%s %s', (version, build) => {
  const files =
    Number(version.split('.')[1]) >= 21 ? ['explain/main.go', 'explain/modern.go'] : ['explain/main.go'];
  const marks = readMarks(FOLDER, version, build);

  test('the answer for each line is what stands beside it', () => {
    expect(marks.length).toBeGreaterThan(60);
    const wrong: unknown[] = [];
    for (const mark of marks) {
      const file = files.find((one) => one.endsWith(`/${mark.file}`)) ?? '';
      const found = instances(explained(version, build, file), mark);
      const got = [...new Set(found.map((calls) => calls.join(' ')))].sort();
      const wanted = [...new Set(mark.calls.map((calls) => calls.join(' ')))]
        .filter((one) => one !== '')
        .sort();
      if (got.join('; ') !== wanted.join('; ')) wrong.push({ at: `${mark.file}:${mark.line}`, got, wanted });
    }
    expect(wrong).toEqual([]);
  });

  test('nothing is found on lines that are not marked', () => {
    const known = new Set(marks.map((mark) => `${mark.file}:${mark.line}`));
    const others = files.flatMap((file) =>
      explained(version, build, file).sites.filter((site) => {
        const [frame] = site.frames;
        const at = `${(frame?.file ?? '').replace(/.*\//, '')}:${frame?.line ?? 0}`;
        return (
          frame?.function.startsWith('main.main') !== true &&
          frame?.file?.includes('/programs/explain/') === true &&
          !known.has(at)
        );
      }),
    );
    expect(others).toEqual([]);
  });

  test('the map types are those of the source', () => {
    const wrong: unknown[] = [];
    let compared = 0;
    for (const mark of marks) {
      if (mark.type === undefined) continue;
      const file = files.find((one) => one.endsWith(`/${mark.file}`)) ?? '';
      for (const site of explained(version, build, file).sites) {
        const [frame] = site.frames;
        if (frame?.line !== mark.line || !frame.file?.endsWith(`/${mark.file}`)) continue;
        // In code of a closure or a map literal too: the code itself passes the type.
        compared++;
        const types = site.maps.map((map) => map.type);
        if (types.join() !== mark.type)
          wrong.push({ at: `${mark.file}:${mark.line}`, call: nameOf(site), types });
      }
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(50);
  });

  test('a line by itself has the same answer as within its file', () => {
    for (const mark of marks.filter((one) => one.calls.some((set) => set.length > 0)).slice(0, 8)) {
      const whole = explained(version, build, 'explain/main.go').sites.filter((site) =>
        site.frames.some(
          (frame) => frame.line === mark.line && frame.file?.endsWith(`/${mark.file}`) === true,
        ),
      );
      expect(explained(version, build, `explain/${mark.file}:${mark.line}`).sites).toEqual(whole);
    }
  });
});

const modern = cases.filter(([version]) => Number(version.split('.')[1]) >= 21);

test.each(modern)('go%s %s: package maps, inlined or not', (version, build) => {
  const minor = Number(version.split('.')[1]);
  const calls = (where: string): string[] => explained(version, build, where).sites.map(nameOf).sort();
  const loop = minor >= 24 ? ['mapIterNext', 'mapIterStart'] : ['mapiterinit', 'mapiternext'];
  const wanted = [...loop, 'mapdelete_faststr'].map((name) => `runtime.${name}`).sort();
  expect(calls('maps.DeleteFunc')).toEqual(wanted);
  expect(calls('maps.Clone')).toEqual(['maps.clone']);
  for (const where of ['maps.DeleteFunc', 'maps.Clone'])
    for (const site of explained(version, build, where).sites)
      expect(site.maps.map((map) => map.type)).toEqual(['map[string]int']);
  const constructs = explained(version, build, 'maps.DeleteFunc').sites.map((site) => site.construct);
  expect(constructs).toContain('delete(m, k) in maps.DeleteFunc');
});

/** All sites as the compiler prints them, by the function whose code holds them. */
function byFunction(binary: GoBinary, sites: readonly MapSite[]): Map<string, Map<string, number>> {
  const symbols = new Map(readSymbols(binary.elf).map((symbol) => [symbol.address, symbol.name]));
  const found = new Map<string, Map<string, number>>();
  for (const name of symbols.values()) if (name.startsWith('main.')) found.set(name, new Map());
  for (const { within, callee, frames } of sites) {
    const calls = found.get(symbols.get(within.start) ?? '');
    const [frame] = frames;
    if (calls === undefined || frame === undefined) continue;
    const key = `${frame.file.slice(frame.file.lastIndexOf('/') + 1)}:${frame.line} ${callee.name}`;
    calls.set(key, (calls.get(key) ?? 0) + 1);
  }
  return found;
}

test.each(
  VERSIONS.flatMap((version) =>
    (['default', 'race', 'N'] as const).map((build) => [version, build] as const),
  ),
)('go%s %s: the calls are those that the compiler prints with -S', (version, build) => {
  const binary = binaryOf(version, build);
  const code = new MapCode(binary);
  const found = byFunction(binary, analyse(code, code.candidates()));
  const printed = compilerCalls('explain', version, build);
  let calls = 0;
  for (const [name, wanted] of printed) {
    const got = found.get(name);
    if (got === undefined) continue; // The linker left it out: nothing calls it.
    expect({ name, calls: [...got].sort() }).toEqual({ name, calls: [...wanted].sort() });
    calls += wanted.size;
  }
  expect(calls).toBeGreaterThan(80);
});

test.each(VERSIONS)('go%s: a stripped program has the same answer', (version) => {
  const view = (build: Build): unknown =>
    explained(version, build, 'explain/main.go').sites.map(({ address: _, ...site }) => site);
  expect(view('stripped')).toEqual(view('default'));
});

test.each(VERSIONS)('go%s: by type, across the whole binary', (version) => {
  const report = explainTypes(binaryOf(version, 'default'), 'program', '^map\\[main\\.Gap\\]int$');
  const lines = report.sites.map(
    (site) => site.frames.find((frame) => frame.function.startsWith('main.'))?.line,
  );
  const marks = readMarks(FOLDER, version, 'default').filter((mark) => mark.type === 'map[main.Gap]int');
  for (const mark of marks) expect(lines).toContain(mark.line);
  for (const site of report.sites) expect(site.maps.map((map) => map.type)).toContain('map[main.Gap]int');
});
