import { keyPrefixes } from '../../rules/key_prefixes.ts';
import { entropyBits } from './entropy.ts';
import type { Labels } from './family.ts';

/** Names that are kept of each generation, picked evenly from all that came in it. */
const MOST_NAMES = 512;
/** Characters of a name. */
const MOST_LENGTH = 64;
/** Pairs of a type and an operation that are followed. */
const MOST_FOLLOWED = 200;
/** How long a generation lasts: what is told is of the last one to two. */
const GENERATION_MS = 15_000;
/** Fewer keys tell nothing. */
const LEAST = 64;

/** Some of the names that came, each with the same chance (reservoir sampling, R. Waterman's algorithm). */
interface Reservoir {
  seen: number;
  readonly names: string[];
}

interface Followed {
  readonly labels: Labels;
  now: Reservoir;
  before: Reservoir;
}

/**
 * How evenly keys are spread over what they begin with: entropy of the first prefix of sampled keys, and of keys that
 * have none as they are. Memory is bounded; keys are forgotten after two generations.
 */
export class KeyEntropy {
  readonly #followed = new Map<string, Followed>();
  readonly #random: () => number;
  #began: number | undefined;
  #refused = 0;

  /** `random`: from 0 to below 1. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Keys that were not taken, since more types are used than can be followed. */
  get refused(): number {
    return this.#refused;
  }

  /** A key as Go writes it. */
  add(labels: Labels, key: string): void {
    const reservoir = this.#of(labels)?.now;
    if (reservoir === undefined) {
      this.#refused++;
      return;
    }
    const at =
      reservoir.seen++ < MOST_NAMES ? reservoir.names.length : Math.floor(this.#random() * reservoir.seen);
    if (at < MOST_NAMES) reservoir.names[at] = nameOf(key);
  }

  /** Time goes on: Unix milliseconds. */
  tick(now: number): void {
    this.#began ??= now;
    if (now - this.#began < GENERATION_MS) return;
    const isLate = now - this.#began >= 2 * GENERATION_MS;
    this.#began = now;
    for (const [name, followed] of this.#followed) {
      followed.before = isLate ? empty() : followed.now;
      followed.now = empty();
      if (followed.before.seen === 0) this.#followed.delete(name);
    }
  }

  forget(isMeant: (labels: Labels) => boolean): void {
    for (const [name, { labels }] of this.#followed) if (isMeant(labels)) this.#followed.delete(name);
  }

  /** Of all that enough keys are known of. */
  *values(): Generator<{ readonly labels: Labels; readonly bits: number }> {
    for (const { labels, now, before } of this.#followed.values()) {
      const observations = now.names.length + before.names.length;
      if (observations < LEAST) continue;
      const counts = new Map<string, number>();
      for (const { seen, names } of [now, before])
        for (const name of names) counts.set(name, (counts.get(name) ?? 0) + seen / names.length);
      yield { labels, bits: entropyBits(counts.values(), observations) };
    }
  }

  #of(labels: Labels): Followed | undefined {
    const name = Object.values(labels).join('\0');
    let followed = this.#followed.get(name);
    if (followed === undefined && this.#followed.size < MOST_FOLLOWED)
      this.#followed.set(name, (followed = { labels, now: empty(), before: empty() }));
    return followed;
  }
}

const empty = (): Reservoir => ({ seen: 0, names: [] });

/** A copy: a part of a text would keep all of it in memory. */
function nameOf(key: string): string {
  const name = (keyPrefixes(key)[0] ?? key).slice(0, MOST_LENGTH);
  return Buffer.from(name).toString();
}
