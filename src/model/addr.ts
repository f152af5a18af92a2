import type { Brand } from '../base/brand.ts';

/** A virtual address of a process. User space lies below 2^47, so a double holds it exactly. */
export type Addr = Brand<number, 'Addr'>;
/** A virtual address as the ELF file names it, before the loader's bias is added. Non-PIE files have bias 0. */
export type FileAddr = Brand<number, 'FileAddr'>;
/** An offset in a file, as uprobes want it. */
export type FileOffset = Brand<number, 'FileOffset'>;
/** What the loader added to each FileAddr: `addr = fileAddr + bias`. */
export type Bias = Brand<number, 'Bias'>;

export const addr = (n: number): Addr => n as Addr;
export const fileAddr = (n: number): FileAddr => n as FileAddr;
export const fileOffset = (n: number): FileOffset => n as FileOffset;
export const bias = (n: number): Bias => n as Bias;

export const toAddr = (a: FileAddr, b: Bias): Addr => (a + b) as Addr;
export const toFileAddr = (a: Addr, b: Bias): FileAddr => (a - b) as FileAddr;

/** `0xc000123450`, as Go and the kernel print it. */
export const hex = (n: number): string => `0x${n.toString(16)}`;
