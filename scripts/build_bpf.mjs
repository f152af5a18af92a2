/**
 * Builds bpf/*.bpf.o, which are committed so that nobody needs a compiler to run mapaudit:
 *   node scripts/build_bpf.mjs           compile it anew
 *   node scripts/build_bpf.mjs --check   compile into a temporary folder and compare with what is committed
 *   node scripts/build_bpf.mjs SOURCE OBJECT   compile another source
 *
 * Compared is what the kernel gets to see: code, relocations, maps, read-only data and licence, byte for byte.
 * Symbol and string tables may differ from one compiler to the next without any difference to a kernel.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output, ROOT } from './lib.mjs';

/** The compiler of the committed object: Debian 12's. */
const REFERENCE = 14;
/** The objects: what traces map operations, what runs at watchpoints, and what looks for races. */
const NAMES = ['mapaudit.bpf', 'watch.bpf', 'race.bpf'];
const sourceOf = (name) => join(ROOT, 'bpf', `${name}.c`);
const objectOf = (name) => join(ROOT, 'bpf', `${name}.o`);

/** v3 (Linux 5.1) compares in 32 bits, which saves instructions. asm/types.h is in the machine's own include folder. */
const FLAGS = ['-O2', '-g0', '-target', 'bpf', '-mcpu=v3', '-Wall', '-Werror'];
const INCLUDES = ['-I/usr/include/x86_64-linux-gnu'];

const SHT_PROGBITS = 1;
const SHT_REL = 9;

/** The reference compiler where it stands under a name of its own, else the machine's. CLANG overrides both. */
function compiler() {
  const asked = process.env.CLANG;
  const names = asked === undefined ? [`clang-${REFERENCE}`, 'clang'] : [asked];
  for (const name of names) {
    const major = /clang version (\d+)/.exec(output(name, ['--version']) ?? '')?.[1];
    if (major !== undefined) return { name, major: Number(major) };
  }
  throw new Error(`there is no ${names.join(' or ')}: apt-get install clang-${REFERENCE} libbpf-dev`);
}

function compile(clang, source, to) {
  const args = [...FLAGS, ...INCLUDES, '-c', source, '-o', to];
  const { status, error } = spawnSync(clang.name, args, { stdio: ['ignore', 2, 2] });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${clang.name} does not compile ${source}; see above`);
}

/** Sections that matter to a kernel, by name. A relocation names its symbol, not the symbol's number. */
export function loadedSections(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headers = sectionHeaders(view);
  const content = (h) => bytes.subarray(h.offset, h.offset + h.size);
  const text = (table, at) => {
    const from = content(table);
    return Buffer.from(from.subarray(at, from.indexOf(0, at))).toString();
  };
  const names = headers[view.getUint16(62, true)];
  const found = new Map();
  for (const header of headers) {
    const name = text(names, header.name);
    if (header.type === SHT_PROGBITS && header.size > 0) found.set(name, Buffer.from(content(header)));
    if (header.type === SHT_REL)
      found.set(name, Buffer.from(relocations(view, headers, header, text).join('\n')));
  }
  return found;
}

function sectionHeaders(view) {
  const start = Number(view.getBigUint64(40, true));
  const size = view.getUint16(58, true);
  return Array.from({ length: view.getUint16(60, true) }, (_, i) => {
    const at = start + i * size;
    return {
      name: view.getUint32(at, true),
      type: view.getUint32(at + 4, true),
      offset: Number(view.getBigUint64(at + 24, true)),
      size: Number(view.getBigUint64(at + 32, true)),
      link: view.getUint32(at + 40, true),
    };
  });
}

/** `offset type symbol section value`, a line each. */
function relocations(view, headers, header, text) {
  const symbols = headers[header.link];
  return Array.from({ length: header.size / 16 }, (_, i) => {
    const at = header.offset + i * 16;
    const symbol = symbols.offset + view.getUint32(at + 12, true) * 24;
    const name = text(headers[symbols.link], view.getUint32(symbol, true));
    const place = `${view.getUint16(symbol + 6, true)} ${view.getBigUint64(symbol + 8, true)}`;
    return `${view.getBigUint64(at, true)} ${view.getUint32(at + 8, true)} ${name} ${place}`;
  });
}

/** A line for each section that is not the same in both objects. */
export function differences(committed, fresh) {
  const [a, b] = [loadedSections(committed), loadedSections(fresh)];
  const lines = [];
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    const [was, is] = [a.get(name), b.get(name)];
    if (was === undefined) lines.push(`${name}: only in the fresh build`);
    else if (is === undefined) lines.push(`${name}: only in the committed object`);
    else if (!was.equals(is))
      lines.push(`${name}: ${was.length} bytes committed, ${is.length} built, ${where(was, is)}`);
  }
  return lines;
}

function where(was, is) {
  const at = was.findIndex((byte, i) => byte !== is[i]);
  return `first difference at byte ${at < 0 ? was.length : at}`;
}

function check(clang, name) {
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-bpf-'));
  try {
    const fresh = join(folder, `${name}.o`);
    compile(clang, sourceOf(name), fresh);
    const found = differences(readFileSync(objectOf(name)), readFileSync(fresh));
    if (found.length === 0) return 0;
    console.error(`bpf/${name}.o is not what its source compiles to:`);
    for (const line of found) console.error(`  ${line}`);
    if (clang.major !== REFERENCE)
      console.error(
        `This is clang ${clang.major}; the committed object comes from clang ${REFERENCE}. Set CLANG to that one.`,
      );
    else console.error('Run: node scripts/build_bpf.mjs');
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const clang = compiler();
    const [source, object] = process.argv.slice(2);
    if (object !== undefined) compile(clang, source, object);
    else
      for (const name of NAMES)
        if (source !== '--check') compile(clang, sourceOf(name), objectOf(name));
        else if (check(clang, name) !== 0) process.exitCode = 1;
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
