import type { SiteRef } from './window.ts';

const PRIME = 0x100000001b3n;
const BASIS = 0xcbf29ce484222325n;
const MASK = (1n << 64n) - 1n;

/**
 * 16 hexadecimal digits that name a line of a program: FNV-1a, 64 bits, of function, file and line. The same line has
 * the same name in every run. Slow: whoever meets a site often keeps its name.
 */
export function siteId({ function: name, file, line }: SiteRef): string {
  let hash = BASIS;
  for (const byte of new TextEncoder().encode(`${name}\0${file ?? ''}\0${line ?? ''}`))
    hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  return hash.toString(16).padStart(16, '0');
}
