import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One wrong fact in mapaudit, and what of an event the ledger then finds wrong. */
export interface Mutant {
  readonly name: string;
  /** A statement on `plan` and its `sites`, after the plan was made. */
  readonly plan?: string;
  /** A replacement in bpf/mapaudit.bpf.c or bpf/hit.h, of a text that stands there once. */
  readonly code?: readonly [from: string, to: string];
  /** The field, or `missing`, `extra` or `unknown`. */
  readonly noticedBy: string;
}

const ENTRIES = `for (const s of sites) if (s.role === 'entry' && s.type === 'RAX')`;
const offset = (name: string, by: number): string =>
  `plan.offsets = { ...plan.offsets, ${name}: plan.offsets.${name} + ${by} };`;

/** The plan's addresses, registers and offsets, one wrong each. */
const OF_PLAN: readonly Mutant[] = [
  {
    // The function's very beginning, which a restart after a growth of the stack hits again. Functions are
    // aligned to 32 bytes; the short form of the stack check is 6 bytes long.
    name: 'probe address',
    plan: `for (const s of sites) if (s.role === 'entry' && s.address % 32 === 6)
      Object.assign(s, { address: s.address - 6, offset: s.offset - 6, expected: new Uint8Array() });`,
    noticedBy: 'extra',
  },
  {
    // At the beginning of its function, where nothing is done yet.
    name: 'exit address',
    plan: `for (const s of sites) {
      const begin = sites.find((other) => other.role === 'entry' && other.function === s.function);
      if (s.role === 'exit' && begin) Object.assign(s, { address: begin.address, offset: begin.offset, expected: begin.expected });
    }`,
    noticedBy: 'unknown',
  },
  {
    name: 'exit register',
    plan: `for (const s of sites) if (s.role === 'exit') s.map = 'RSI';`,
    noticedBy: 'unknown',
  },
  {
    name: 'map register',
    plan: `${ENTRIES} Object.assign(s, { map: 'RAX', type: 'RBX' });`,
    noticedBy: 'address',
  },
  {
    name: 'type register',
    plan: `${ENTRIES} Object.assign(s, { map: 'RCX', type: 'RBX' });`,
    noticedBy: 'type',
  },
  {
    name: 'key register',
    plan: `for (const s of sites) if (s.key?.kind === 'word') s.key = { kind: 'string', pointer: 'RCX', length: 'RDI' };`,
    noticedBy: 'key',
  },
  {
    name: 'kind of growth',
    plan: `for (const s of sites) if (s.function.endsWith('.growToTable')) Object.assign(s, { map: 'RBX', type: 'RAX' });`,
    noticedBy: 'address',
  },
  { name: 'offset of the goroutine’s number', plan: offset('gGoid', 8), noticedBy: 'missing' },
  { name: 'offset of the goroutine’s start', plan: offset('gStartpc', 8), noticedBy: 'start' },
  { name: 'offset of the goroutine’s stack', plan: offset('gStackLo', 16), noticedBy: 'on_stack' },
  { name: 'offset of the flag “held directly”', plan: offset('typeDirectIface', 1), noticedBy: 'key' },
];

/** What the eBPF program knows itself. */
const OF_CODE: readonly Mutant[] = [
  { name: 'offset of the count', code: ['head->count = header[0];\n\thead->seed = seed_of(header[1]);\n\t__u64 word', 'head->count = header[3];\n\thead->seed = seed_of(header[1]);\n\t__u64 word'], noticedBy: 'len' },
  { name: 'offset of the count at the end', code: ['head->count = header[0];\n\thead->seed = seed_of(header[1]);\n\tbpf_', 'head->count = header[1];\n\thead->seed = seed_of(header[1]);\n\tbpf_'], noticedBy: 'unknown' },
  { name: 'offset of the seed', code: ['head->seed = seed_of(header[1]);\n\t__u64 word', 'head->seed = seed_of(header[2]);\n\t__u64 word'], noticedBy: 'second id of a map' },
  { name: 'offset of the seed at the end', code: ['head->seed = seed_of(header[1]);\n\tbpf_', 'head->seed = seed_of(header[0]);\n\tbpf_'], noticedBy: 'second id of a map' },
  // Nothing tells a map from another that gets its address.
  { name: 'seed', code: ['return config.map_writing == 8 ? word >> 32 : word;', 'return 0;'], noticedBy: 'id of another map' },
  { name: 'offset of the caller', code: ['&hit.caller, 8, (void *)hit.below))', '&hit.caller, 8, (void *)(hit.below + 8)))'], noticedBy: 'missing' },
  { name: 'frame of growth', code: ['hit->caller = frame[1];', 'hit->caller = frame[0];'], noticedBy: 'caller' },
  { name: 'offset of a frame', code: ['bp = frame[0];', 'bp = frame[0] + 8;'], noticedBy: 'stack' },
  { name: 'register of a string’s length', code: ['__u64 length = REG(ctx, di);', '__u64 length = REG(ctx, si);'], noticedBy: 'key' },
  { name: 'offset of a string’s length', code: ['key->size = header[1];', 'key->size = header[0];'], noticedBy: 'key' },
  { name: 'offset of the type in an itab', code: ['(with_methods && words[0] && bpf_probe_read_user(&words[0], 8, (void *)(words[0] + 8)))', '(with_methods && words[0] && bpf_probe_read_user(&words[0], 8, (void *)(words[0] + 0)))'], noticedBy: 'key' },
  { name: 'type of an interface key', code: ['key->type = type;', 'key->type = data;'], noticedBy: 'unplanned keys' },
  { name: 'offset of a string in a key', code: ['key->at + key->plan->chase[i].offset,', 'key->at + key->plan->chase[i].offset + 8,'], noticedBy: 'key' },
  { name: 'offset of the type in an itab in a key', code: ['if (kind == CHASE_IFACE && bpf_probe_read_user(&words[0], 8, (void *)(words[0] + 8)))', 'if (kind == CHASE_IFACE && bpf_probe_read_user(&words[0], 8, (void *)(words[0] + 0)))'], noticedBy: 'key' },
  { name: 'offset of the mark “being written”', code: ['header[4] >> 16', 'header[4] >> 8'], noticedBy: 'unknown' },
  { name: 'thread', code: ['hit->tid = both;', 'hit->tid = both >> 32;'], noticedBy: 'thread' },
  { name: 'clock', code: ['head->time = bpf_ktime_get_ns();\n\thead->pid = hit->pid;', 'head->time = bpf_ktime_get_ns() - 1000000000;\n\thead->pid = hit->pid;'], noticedBy: 'time' },
]; // prettier-ignore

export const MUTANTS: readonly Mutant[] = [...OF_PLAN, ...OF_CODE];

const HOOKS = new URL('./mutate.mjs', import.meta.url).href;
const BUILD = fileURLToPath(new URL('../../scripts/build_bpf.mjs', import.meta.url));
const SOURCES = fileURLToPath(new URL('../../bpf/', import.meta.url));

/** Does something in an environment in which mapaudit is that mutant. */
export async function asMutant<T>(
  { plan, code }: Mutant,
  run: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const env = { NODE_OPTIONS: `--import ${HOOKS}`, MUTANT_PLAN: plan ?? '', MUTANT_OBJECT: '' };
  if (code === undefined) return run(env);
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-mutant-'));
  try {
    return await run({ ...env, MUTANT_OBJECT: mutatedObject(folder, ...code) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function mutatedObject(folder: string, from: string, to: string): string {
  cpSync(SOURCES, folder, { recursive: true });
  const [source, object] = [join(folder, 'mapaudit.bpf.c'), join(folder, 'mapaudit.bpf.o')];
  const texts = [source, join(folder, 'hit.h')].map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const found = texts.flatMap(({ path, text }) =>
    text
      .split(from)
      .slice(1)
      .map(() => ({ path, text })),
  );
  const [honest] = found;
  if (honest === undefined || found.length !== 1)
    throw new Error(`bpf/mapaudit.bpf.c and bpf/hit.h do not have this once: ${from}`);
  writeFileSync(honest.path, honest.text.replace(from, to));
  execFileSync(process.execPath, [BUILD, source, object], { stdio: 'pipe' });
  return object;
}
