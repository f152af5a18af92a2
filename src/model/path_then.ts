/** Why a look-up goes on from a bucket or group, or ends there. */
export type PathThen =
  | 'found'
  /** Classic. */
  | 'next-overflow'
  | 'end-of-chain'
  | 'rest-is-empty'
  /** Swiss: no slot of the group is empty, so that the key may lie in the next one of the probe sequence. */
  | 'next-group'
  | 'empty-slot'
  /** Swiss: a small map has no other group. */
  | 'only-group'
  /** Swiss: all groups were looked at. */
  | 'end-of-table';
