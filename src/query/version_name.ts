import type { GoVersion } from '../model/go_version.ts';

/** `go1.26.8`; experiments and other suffixes are left out. */
export function versionName({ major, minor, patch }: GoVersion): string {
  return patch === 0 ? `go${major}.${minor}` : `go${major}.${minor}.${patch}`;
}
