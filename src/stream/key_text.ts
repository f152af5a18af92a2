/** A key as it may be shown. At most one of `text`, `hash` and `unreadable` is there. */
export interface KeyText {
  /** Go syntax; absent when parts of the key were not captured, or are not to be shown. */
  readonly text?: string;
  /** 16 hexadecimal digits. */
  readonly hash?: string;
  /** The key is longer than what was captured or asked for. */
  readonly truncated: boolean;
  readonly unreadable: boolean;
}
