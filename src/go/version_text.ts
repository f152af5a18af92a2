import type { GoVersion } from '../model/go_version.ts';

/**
 * Reads a version as binaries name it: `go1.24.13 X:noswissmap`, `go1.27.4-X:mapsplitgroup`,
 * `devel go1.27-abc123 …`. Undefined for anything else.
 */
export function parseGoVersion(text: string): GoVersion | undefined {
  const [, major, minor, patch] = /\bgo(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const experiments = /(?:^|[ -])X:([\w,]+)/.exec(text)?.[1]?.split(',') ?? [];
  return { text, major: Number(major), minor: Number(minor), patch: Number(patch ?? 0), experiments };
}
