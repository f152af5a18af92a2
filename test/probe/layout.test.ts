import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as record from '../../src/model/record.ts';
import { KEY_FILTER_MAX } from '../../src/model/probe.ts';
import * as config from '../../src/probe/kernel/config.ts';
import * as race from '../../src/probe/race/layout.ts';
import { parseElfObject } from '../../src/probe/kernel/object/elf_object.ts';

const BPF = fileURLToPath(new URL('../../bpf', import.meta.url));

/** What the C compiler makes of integer constant expressions over the two headers. */
function compiled(expressions: readonly string[]): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-layout-'));
  try {
    const source = join(folder, 'layout.c');
    const includes = ['<linux/types.h>', '"record.h"', '"config.h"', '"race.h"'].map(
      (name) => `#include ${name}`,
    );
    const list = `const int numbers[] __attribute__((section("layout"))) = { ${expressions.join(', ')} };`;
    writeFileSync(source, [...includes, list, ''].join('\n'));
    const flags = ['-O2', '-g0', '-target', 'bpf', '-I/usr/include/x86_64-linux-gnu', `-I${BPF}`];
    execFileSync('clang', [...flags, '-c', source, '-o', join(folder, 'layout.o')]);
    const { bytes } = parseElfObject(new Uint8Array(readFileSync(join(folder, 'layout.o')))).section(
      'layout',
    );
    return [...new Int32Array(bytes.slice().buffer)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each C expression beside the number that TypeScript has for it. */
function check(pairs: Readonly<Record<string, number>>): void {
  const expressions = Object.keys(pairs);
  const numbers = compiled(expressions);
  const fromC = Object.fromEntries(expressions.map((expression, i) => [expression, numbers[i]]));
  expect(fromC).toEqual(pairs);
}

const offset = (struct: string, field: string): string =>
  `(int)__builtin_offsetof(struct ${struct}, ${field})`;
const fields = (struct: string, offsets: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(offsets).map(([name, at]) =>
      name === 'size' ? [`(int)sizeof(struct ${struct})`, at] : [offset(struct, name), at],
    ),
  );

it('bpf/config.h is what src/probe/kernel/config.ts says', () => {
  const { MAX_SITES, MAX_PARTS, MAX_BEYOND } = config;
  check({
    ...fields('config', config.CONFIG),
    ...fields('site_config', config.SITE),
    ...fields('beyond', config.BEYOND),
    MAX_SITES,
    MAX_PARTS,
    MAX_BEYOND,
    KEY_FILTER_MAX,
  });
});

it('bpf/race.h is what src/probe/race/layout.ts says', () => {
  const { ROLE_READ, ROLE_WRITE, OWNERS } = race;
  check({
    ...fields('race_config', race.RACE_CONFIG),
    ...fields('race_control', race.RACE_CONTROL),
    ...fields('race_spent', race.RACE_SPENT),
    ROLE_READ,
    ROLE_WRITE,
    OWNERS,
  });
});

it('bpf/record.h is what src/model/record.ts says', () => {
  const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
  const { key, ...head } = record.RECORD;
  const named = Object.fromEntries(Object.entries(head).map(([name, at]) => [snake(name), at]));
  const { KEY_BODY, KEY_PART } = record;
  const { nameLength, valueLength, ...rest } = record.LABEL;
  const LABEL = { name_length: nameLength, value_length: valueLength, ...rest };
  const constants = Object.entries(record).filter(
    (entry): entry is [string, number] =>
      /^(RECORD_|FLAG_|KEY_(?!BODY|PART$)|EXIT_RECORD|MAX_|MARK_|LABELS?_)/.test(entry[0]) &&
      typeof entry[1] === 'number',
  );
  expect(constants.length).toBeGreaterThan(20);
  check({
    ...fields('record_head', named),
    ...Object.fromEntries(constants),
    ...fields('key_part', KEY_PART),
    ...fields('labels', record.LABELS),
    '(int)sizeof(struct labels)': record.LABELS_AREA,
    ...fields('label', LABEL),
    '(int)sizeof(struct record_head)': key,
    [offset('key_body', 'raw')]: KEY_BODY.raw,
    [offset('key_body', 'part')]: KEY_BODY.part,
    '(int)sizeof(struct key_part)': KEY_BODY.partSize,
  });
});
