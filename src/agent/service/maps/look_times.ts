/** How often at most a process is looked at. */
export const EVERY_MS = 10_000;
/** The first look comes so long after a process has joined. */
const SOON_MS = 1000;
/** The share of one CPU that looks at all processes together may take. */
const SHARE = 0.01;

/**
 * When whose memory is looked at. The first look at a process takes many times as long as later ones, since the
 * program's types are read then: it does not put the second one off.
 */
export class LookTimes<Key> {
  readonly #due = new Map<Key, { at: number; looks: number }>();

  joined(key: Key, now: number): void {
    this.#due.set(key, { at: now + SOON_MS, looks: 0 });
  }

  has(key: Key): boolean {
    return this.#due.has(key);
  }

  left(key: Key): void {
    this.#due.delete(key);
  }

  /** Whoever has waited longest of those that are due. */
  next(now: number): Key | undefined {
    let [found, earliest] = [undefined as Key | undefined, Infinity];
    for (const [key, { at }] of this.#due) if (at <= now && at < earliest) [found, earliest] = [key, at];
    return found;
  }

  /** A look has ended, which took so much CPU time. */
  looked(key: Key, now: number, cpuMs: number): void {
    const due = this.#due.get(key);
    if (due === undefined) return;
    const rest = due.looks++ === 0 ? 0 : (cpuMs / SHARE) * this.#due.size;
    due.at = now + Math.max(EVERY_MS, rest);
  }
}
