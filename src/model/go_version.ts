/** A Go release as a binary names it, e.g. `go1.24.13 X:noswissmap`. */
export interface GoVersion {
  /** As it stands in the binary. */
  readonly text: string;
  readonly major: number;
  /** 26 in go1.26.8. */
  readonly minor: number;
  /** 8 in go1.26.8; 0 when the text names none. */
  readonly patch: number;
  /** GOEXPERIMENTs that differ from the release's default (`noswissmap`, `mapsplitgroup`, …). */
  readonly experiments: readonly string[];
}

/** How maps lie in memory: buckets with overflow chains, groups of slots, or groups with keys and elements apart. */
export type MapFlavour = 'classic' | 'swiss' | 'swiss-split';
