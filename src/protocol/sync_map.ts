/** The trie of a sync.Map, from Go 1.24 on. */
export interface SyncMapTrie {
  /** Inner nodes. */
  readonly nodes: number;
  /** Entries by the number of nodes above them. */
  readonly depths: readonly number[];
  /** Entries whose hash another entry has too. */
  readonly collisions: number;
  readonly longest_chain: number;
}

/** The two maps of a sync.Map of before Go 1.24. */
export interface SyncMapMaps {
  /** Keys of the map that is read without a lock, and of the one that has what was stored since. */
  readonly read: number;
  readonly dirty: number;
  /** The second has keys that the first one has not. */
  readonly amended: boolean;
  /** Look-ups that went to the second; with as many as it has keys it becomes the first. */
  readonly misses: number;
  /** Keys of the first that were deleted and stay in it, and those of them that the second does not have. */
  readonly deleted: number;
  readonly expunged: number;
}

/** What a sync.Map is made of: one of the two. */
export interface SyncMapParts {
  readonly trie?: SyncMapTrie;
  readonly maps?: SyncMapMaps;
}
