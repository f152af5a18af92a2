/** What was seen and could not be shown in full, by cause. */
export interface Loss {
  /** Events lost: the kernel's ring was full. */
  readonly ring_full: number;
  /** Events lost: whoever reads mapaudit's output was too slow, and the queue before it was full. */
  readonly output_slow: number;
  /** Events shown without their key: it could not be read, or nothing was known of its type. */
  readonly key_unreadable: number;
  /** Events shown with a shorter stack: a frame could not be read. */
  readonly stack_unreadable: number;
  /** Events shown without `len`: the map's header was not in memory at the hit. */
  readonly len_unreadable: number;
}

/** Nothing was lost. */
export const NO_LOSS: Loss = {
  ring_full: 0,
  output_slow: 0,
  key_unreadable: 0,
  stack_unreadable: 0,
  len_unreadable: 0,
};
