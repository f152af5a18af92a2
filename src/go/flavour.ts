import type { GoVersion, MapFlavour } from '../model/go_version.ts';

/**
 * How the binary's maps are made: classic up to 1.23, Swiss since. 1.24 and 1.25 know an experiment that
 * keeps the classic ones, and 1.27 one that keeps keys and elements apart; both stand in the version text.
 * `hasFunction` is the second witness for the former.
 */
export function flavourOf(version: GoVersion, hasFunction: (name: string) => boolean): MapFlavour {
  if (version.minor <= 23) return 'classic';
  if (version.minor <= 25) {
    const classic = version.experiments.includes('noswissmap') || hasFunction('runtime.hashGrow');
    return classic ? 'classic' : 'swiss';
  }
  return version.experiments.includes('mapsplitgroup') ? 'swiss-split' : 'swiss';
}
