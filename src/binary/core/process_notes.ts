import { cString } from '../elf/elf_file.ts';
import { view } from '../elf/bounded_reader.ts';
import { coreCorrupt } from './errors.ts';
import type { Note } from './notes.ts';

/** elf.h: NT_PRSTATUS, NT_PRPSINFO, NT_AUXV, NT_FILE. */
export const NOTE = { prstatus: 1, prpsinfo: 3, auxv: 6, file: 0x46494c45 } as const;

/** A thread as the core has it. */
export interface CoreThread {
  readonly tid: number;
  /** The signal that ended the process, in the thread that got it; else 0. */
  readonly signal: number;
  readonly pc: number;
  readonly sp: number;
}

/** A file that was mapped into the process. */
export interface CoreMapping {
  readonly start: number;
  readonly end: number;
  /** In the file, in bytes. */
  readonly fileOffset: number;
  readonly path: string;
}

/** struct elf_prstatus: Linux include/linux/elfcore.h; registers: arch/x86/include/asm/user_64.h, user_regs_struct. */
const PRSTATUS = { size: 336, signal: 12, tid: 32, rip: 112 + 16 * 8, rsp: 112 + 19 * 8 };
/** struct elf_prpsinfo: Linux include/linux/elfcore.h. */
const PRPSINFO = { size: 136, pid: 24, command: 40, commandSize: 16 };

/** One thread. Errors: `core-corrupt`. */
export function threadOf({ content, offset }: Note, name: string): CoreThread {
  if (content.length < PRSTATUS.size) throw coreCorrupt(name, offset, `a thread of ${content.length} bytes`);
  const words = view(content);
  const register = (at: number): number => Number(words.getBigUint64(at, true));
  return {
    tid: words.getInt32(PRSTATUS.tid, true),
    signal: words.getInt16(PRSTATUS.signal, true),
    pc: register(PRSTATUS.rip),
    sp: register(PRSTATUS.rsp),
  };
}

/** PID and the first 15 bytes of the command. Errors: `core-corrupt`. */
export function processOf({ content, offset }: Note, name: string): { pid: number; command: string } {
  if (content.length < PRPSINFO.size) throw coreCorrupt(name, offset, `a process of ${content.length} bytes`);
  const command = content.subarray(PRPSINFO.command, PRPSINFO.command + PRPSINFO.commandSize);
  return { pid: view(content).getInt32(PRPSINFO.pid, true), command: cString(command, 0) };
}

/** What the kernel told the program at its start, by elf.h AT_*. Ends at AT_NULL, or with the note. */
export function auxvOf({ content }: Note): ReadonlyMap<number, number> {
  const words = view(content);
  const values = new Map<number, number>();
  for (let at = 0; at + 16 <= content.length; at += 16) {
    const key = Number(words.getBigUint64(at, true));
    if (key === 0) break;
    values.set(key, Number(words.getBigUint64(at + 8, true)));
  }
  return values;
}

const FILE_HEADER = 16;
const FILE_ENTRY = 24;

/**
 * The mapped files: Linux fs/binfmt_elf.c, fill_files_note: count, page size, (start, end, offset in pages)
 * for each, then their paths with a NUL byte behind each. Errors: `core-corrupt`.
 */
export function mappingsOf({ content, offset }: Note, name: string): readonly CoreMapping[] {
  if (content.length < FILE_HEADER) throw coreCorrupt(name, offset, `files in ${content.length} bytes`);
  const words = view(content);
  const number = (at: number): number => Number(words.getBigUint64(at, true));
  const [count, page] = [number(0), number(8)];
  let text = FILE_HEADER + count * FILE_ENTRY;
  if (text > content.length) throw coreCorrupt(name, offset, `${count} files in ${content.length} bytes`);
  return Array.from({ length: count }, (_, i) => {
    const at = FILE_HEADER + i * FILE_ENTRY;
    const end = content.indexOf(0, text);
    if (end < 0) throw coreCorrupt(name, offset + at, `file ${i} has no path`);
    const path = new TextDecoder().decode(content.subarray(text, end));
    text = end + 1;
    return { start: number(at), end: number(at + 8), fileOffset: number(at + 16) * page, path };
  });
}
