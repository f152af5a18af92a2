import type { MapOp } from '../model/map_op.ts';
import type { ProbeSite } from '../model/probe_plan.ts';
import {
  FLAG_COUNT_UNREADABLE,
  FLAG_GOROUTINE_UNREADABLE,
  FLAG_MAP_ON_STACK,
  FLAG_WRITING,
  RECORD_ENTRY,
} from '../model/record.ts';
import { Lives } from './lives.ts';
import { NumberTable } from './number_table.ts';
import { WRITE_ASSIGN, WRITE_CLEAR, WRITE_DELETE, WRITE_NONE, writeOfSite } from './outcome.ts';
import {
  OUTCOME_CLEARED,
  OUTCOME_FOUND,
  OUTCOME_MISSED,
  OUTCOME_UNKNOWN,
  type TracedBatch,
  UNBOUNDED,
} from './traced_batch.ts';

/** How lives are told apart. */
export interface IdentityOptions {
  readonly sites: readonly (Pick<ProbeSite, 'index' | 'op'> & { readonly sync?: true })[];
  /** Operations of which each one leaves a record: probed, not sampled, not filtered by anything but the map. */
  readonly recorded: readonly MapOp[];
  /** Rows come through an EffectResolver. Without it nothing is known of overlaps, and counts never part lives. */
  readonly resolved: boolean;
  /**
   * One number for all type descriptors that one map may be seen with: Go 1.18 and 1.19 pass the shape's
   * descriptor in generic code. Asked once a type; the address itself will do from 1.20 on.
   */
  readonly canonicalType?: (pid: number, type: number) => number;
  /** Lives remembered in a process, at least half of it the ones last seen. One that is forgotten gets a new number. */
  readonly maxLives?: number;
}

/**
 * Numbers the lives of maps: `#3` is one map from its first record to its last, through all growth. The
 * number changes when the address was given to another map, as far as that can be told for certain: by the
 * type, by the seed of its hashes, or by a count that cannot be the same map's.
 *
 * Each map is made with a random seed, and gets another one only when its last entry is deleted or it is
 * cleared; the exit record of that operation has the new one. So where each delete and clear leaves its
 * records, another seed is another map. Elsewhere, two maps of one type whose counts fit are seen as one.
 *
 * What a count may be follows from the last record: the count then, what that operation did (or might have
 * done), what others under way might have done, and any number of operations of the kinds that leave no
 * records. A loss of records makes every count possible, and so does a record that was made while the map
 * was being written.
 *
 * A map on a goroutine's stack is told by the same means; a stack that is moved (it grew) shows the same map
 * under a new number.
 */
export class MapIdentity {
  readonly #options: IdentityOptions;
  readonly #writes: Uint8Array;
  readonly #mayRise: boolean;
  readonly #mayFall: boolean;
  readonly #processes = new Map<number, ProcessLives>();
  #nextId = 1;

  constructor(options: IdentityOptions) {
    this.#options = options;
    this.#writes = new Uint8Array(options.sites.reduce((most, site) => Math.max(most, site.index + 1), 0));
    for (const site of options.sites) this.#writes[site.index] = writeOfSite(site);
    this.#mayRise = !options.recorded.includes('assign');
    this.#mayFall = !options.recorded.includes('delete') || !options.recorded.includes('clear');
  }

  /** Fills `mapId` of all entry rows. Batches come in the order of time. */
  assign(batch: TracedBatch): void {
    let pid = -1;
    let lives: ProcessLives | undefined;
    for (let row = 0; row < batch.length; row++) {
      const map = batch.map[row] ?? 0;
      batch.mapId[row] = 0;
      if (map === 0) continue;
      if (lives === undefined || batch.pid[row] !== pid) {
        pid = batch.pid[row] ?? 0;
        lives = this.#enter(pid);
      }
      if (batch.kind[row] === RECORD_ENTRY) this.#row(batch, row, map, lives);
      else this.#learnSeed(batch, row, map, lives.young);
    }
  }

  /** The process has ended: its pid may come again, its maps will not. */
  forgetProcess(pid: number): void {
    this.#processes.delete(pid);
  }

  #enter(pid: number): ProcessLives {
    let lives = this.#processes.get(pid);
    if (lives === undefined) {
      lives = new ProcessLives(pid, this.#options.maxLives ?? DEFAULT_LIVES, this.#options.canonicalType);
      this.#processes.set(pid, lives);
    }
    return lives;
  }

  #row(batch: TracedBatch, row: number, map: number, process: ProcessLives): void {
    const type = process.canonical(batch.type[row] ?? 0);
    let life = process.find(map);
    const lives = process.young;
    if (life < 0) life = this.#begin(lives.add(map), lives, batch, row, type);
    else if (this.#isAnother(batch, row, type, lives, life)) this.#begin(life, lives, batch, row, type);
    else if (lives.type[life] === 0) lives.type[life] = type;
    batch.mapId[row] = lives.id[life] ?? 0;
    if (this.#options.resolved) this.#expect(batch, row, lives, life);
  }

  #begin(life: number, lives: Lives, batch: TracedBatch, row: number, type: number): number {
    lives.id[life] = this.#nextId++;
    lives.type[life] = type;
    lives.owner[life] = ownerOf(batch, row);
    lives.epoch[life] = 0;
    return life;
  }

  #isAnother(batch: TracedBatch, row: number, type: number, lives: Lives, life: number): boolean {
    const known = lives.type[life] ?? 0;
    if (type !== 0 && known !== 0 && type !== known) return true;
    const flags = batch.flags[row] ?? 0;
    const owner = lives.owner[life] ?? 0;
    if ((flags & FLAG_GOROUTINE_UNREADABLE) === 0 && ownerOf(batch, row) !== owner) return true;
    const epoch = batch.epoch[row] ?? 0;
    if (epoch === 0 || lives.epoch[life] !== epoch) return false;
    if ((flags & (FLAG_COUNT_UNREADABLE | FLAG_WRITING)) !== 0) return false;
    const up = batch.othersUp[row] ?? 0;
    const down = batch.othersDown[row] ?? 0;
    if (up === UNBOUNDED || down === UNBOUNDED) return false;
    // Another that is under way may just be taking the last entry out.
    if (down === 0 && lives.seedSure[life] === 1 && lives.seed[life] !== batch.seed[row]) return true;
    // What was expected counts the others' work as done; at this row it may be done, or be yet to come.
    const slack = up + down;
    const count = batch.count[row] ?? 0;
    return count + slack < (lives.least[life] ?? 0) || count - slack > (lives.most[life] ?? 0);
  }

  /** The end of the last operation on a map says which seed the map has now, if none other is under way. */
  #learnSeed(batch: TracedBatch, row: number, map: number, lives: Lives): void {
    const life = lives.at(map);
    if (life < 0 || this.#mayFall || ((batch.flags[row] ?? 0) & FLAG_COUNT_UNREADABLE) !== 0) return;
    if (lives.lastGoid[life] !== batch.goid[row]) return;
    lives.seed[life] = batch.seed[row] ?? 0;
    lives.seedSure[life] = 1;
  }

  /** Notes what the count may be at the map's next record. */
  #expect(batch: TracedBatch, row: number, lives: Lives, life: number): void {
    const flags = batch.flags[row] ?? 0;
    const up = batch.othersUp[row] ?? 0;
    const down = batch.othersDown[row] ?? 0;
    const unsound = (flags & (FLAG_COUNT_UNREADABLE | FLAG_WRITING)) !== 0;
    lives.epoch[life] = unsound || up === UNBOUNDED || down === UNBOUNDED ? 0 : (batch.epoch[row] ?? 0);
    const write = this.#writes[batch.probe[row] ?? 0] ?? WRITE_NONE;
    const outcome = batch.outcome[row] ?? OUTCOME_UNKNOWN;
    const count = batch.count[row] ?? 0;
    const removes = write === WRITE_DELETE && outcome !== OUTCOME_MISSED;
    const mayEmpty = write === WRITE_CLEAR || (removes && count - down <= 1);
    lives.lastGoid[life] = down > 0 ? 0 : (batch.goid[row] ?? 0);
    lives.seed[life] = batch.seed[row] ?? 0;
    lives.seedSure[life] = this.#mayFall || unsound || mayEmpty || down > 0 ? 0 : 1;
    lives.least[life] = this.#mayFall ? 0 : count + leastChange(write, outcome, count) - down;
    lives.most[life] = this.#mayRise ? Infinity : count + mostChange(write, outcome, count) + up;
  }
}

const DEFAULT_LIVES = 1 << 20;

/** The lives of one process in two generations: the older half is dropped when the younger is full. */
class ProcessLives {
  young = new Lives();
  #old = new Lives();
  readonly #pid: number;
  readonly #half: number;
  readonly #canonicalOf: IdentityOptions['canonicalType'];
  readonly #canonical: number[] = [];
  readonly #types = new NumberTable();

  constructor(pid: number, maxLives: number, canonicalOf: IdentityOptions['canonicalType']) {
    this.#pid = pid;
    this.#half = Math.max(1, maxLives >>> 1);
    this.#canonicalOf = canonicalOf;
  }

  /** The life at an address, now in `young`, or -1. */
  find(address: number): number {
    const life = this.young.at(address);
    if (life >= 0) return life;
    if (this.young.size >= this.#half) {
      this.#old = this.young;
      this.young = new Lives();
    }
    const older = this.#old.size === 0 ? -1 : this.#old.at(address);
    return older < 0 ? -1 : this.young.adopt(address, this.#old, older);
  }

  canonical(type: number): number {
    if (type === 0 || this.#canonicalOf === undefined) return type;
    const known = this.#types.get(type);
    if (known >= 0) return this.#canonical[known] ?? type;
    const canonical = this.#canonicalOf(this.#pid, type);
    this.#types.set(type, this.#canonical.push(canonical) - 1);
    return canonical;
  }
}

/** The goroutine on whose stack the map lies, or 0. */
function ownerOf(batch: TracedBatch, row: number): number {
  return ((batch.flags[row] ?? 0) & FLAG_MAP_ON_STACK) === 0 ? 0 : (batch.goid[row] ?? 0);
}

function leastChange(write: number, outcome: number, count: number): number {
  if (write === WRITE_DELETE) return outcome === OUTCOME_MISSED ? 0 : -1;
  if (write === WRITE_ASSIGN) return outcome === OUTCOME_MISSED ? 1 : 0;
  return write === WRITE_CLEAR ? -count : 0;
}

function mostChange(write: number, outcome: number, count: number): number {
  if (write === WRITE_DELETE) return outcome === OUTCOME_FOUND ? -1 : 0;
  if (write === WRITE_ASSIGN) return outcome === OUTCOME_FOUND ? 0 : 1;
  return write === WRITE_CLEAR && outcome === OUTCOME_CLEARED ? -count : 0;
}
