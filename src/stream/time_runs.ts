/**
 * Rows (a time and a position) that arrive as a few nearly sorted runs, one or more a ring, and leave in
 * the order of their times. Rows with equal times keep the order in which they came.
 *
 * Small inversions inside a run (a record that was reserved before and stamped after its neighbour) are
 * mended when they come in; the runs are then merged pairwise. One run costs nothing at all.
 */
export class TimeRuns {
  times = new Float64Array(1024);
  positions = new Uint32Array(1024);
  length = 0;
  #spareTimes = new Float64Array(1024);
  #sparePositions = new Uint32Array(1024);
  /** Where each run begins. */
  #starts: number[] = [];
  #runStart = 0;

  /** What follows comes from another ring, or from the same one later. */
  beginRun(): void {
    this.#runStart = this.length;
    if (this.#starts.at(-1) !== this.length) this.#starts.push(this.length);
  }

  /** Makes room for so many more rows: `times` and `positions` may then be other arrays. */
  reserve(rows: number): void {
    while (this.length + rows > this.times.length) this.#grow();
  }

  /** Says that the row at `length` was filled in. */
  commit(): void {
    const at = this.length++;
    if (at > this.#runStart && (this.times[at] ?? 0) < (this.times[at - 1] ?? 0)) this.#mend(at);
  }

  /** Sorts. Afterwards `times` and `positions` are in order and form a single run. */
  sort(): void {
    let starts = this.#starts;
    while (starts.length > 1) {
      const merged: number[] = [];
      for (let i = 0; i < starts.length; i += 2) {
        const start = starts[i] ?? 0;
        const middle = starts[i + 1] ?? this.length;
        merged.push(start);
        this.#merge(start, middle, starts[i + 2] ?? this.length);
      }
      this.#swap();
      starts = merged;
    }
    this.#starts = starts;
  }

  /** After `sort`: how many rows have a time up to `limit`. */
  countUpTo(limit: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.times[middle] ?? 0) <= limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** After `sort`: forgets the rows before `first`; the others move to the front and to where `move` puts them. */
  keepFrom(first: number, move: (position: number) => number): void {
    const kept = this.length - first;
    for (let row = 0; row < kept; row++) {
      this.times[row] = this.times[first + row] ?? 0;
      this.positions[row] = move(this.positions[first + row] ?? 0);
    }
    this.#starts.length = 0;
    this.#runStart = 0;
    this.length = 0;
    this.beginRun();
    this.length = kept;
  }

  /** Takes the row that was just added back to its place, or begins a new run when that is far. */
  #mend(at: number): void {
    const { times, positions } = this;
    const time = times[at] ?? 0;
    const position = positions[at] ?? 0;
    const nearest = Math.max(this.#runStart, at - FAR);
    let to = at;
    while (to > nearest && time < (times[to - 1] ?? 0)) to--;
    if (to > this.#runStart && time < (times[to - 1] ?? 0)) {
      this.#runStart = at;
      this.#starts.push(at);
      return;
    }
    times.copyWithin(to + 1, to, at);
    positions.copyWithin(to + 1, to, at);
    times[to] = time;
    positions[to] = position;
  }

  #merge(start: number, middle: number, end: number): void {
    const { times, positions } = this;
    const toTimes = this.#spareTimes;
    const toPositions = this.#sparePositions;
    let left = start;
    let right = middle;
    for (let to = start; to < end; to++) {
      const fromRight = right < end && (left >= middle || (times[right] ?? 0) < (times[left] ?? 0));
      const from = fromRight ? right++ : left++;
      toTimes[to] = times[from] ?? 0;
      toPositions[to] = positions[from] ?? 0;
    }
  }

  #swap(): void {
    [this.times, this.#spareTimes] = [this.#spareTimes, this.times];
    [this.positions, this.#sparePositions] = [this.#sparePositions, this.positions];
  }

  #grow(): void {
    const size = this.times.length * 2;
    const times = new Float64Array(size);
    const positions = new Uint32Array(size);
    times.set(this.times.subarray(0, this.length));
    positions.set(this.positions.subarray(0, this.length));
    this.times = times;
    this.positions = positions;
    this.#spareTimes = new Float64Array(size);
    this.#sparePositions = new Uint32Array(size);
  }
}

/** How many places back a row is taken before a new run is cheaper. */
const FAR = 32;
