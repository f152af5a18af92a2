import type { MapauditError } from '../../base/errors.ts';
import { RecordingWriter } from '../../evidence/recording_writer.ts';
import type { RecordLine, RecordOptions } from '../../protocol/evidence.ts';
import type { Notice } from '../../protocol/notice.ts';
import type { GrowLine, TraceLine } from '../../protocol/questions.ts';
import type { RaceLine } from '../../protocol/race.ts';
import type { Summary } from '../../protocol/summary.ts';
import { growLines } from '../grow.ts';
import { raceLines } from '../race.ts';
import { type TraceObserver, traceLines } from '../trace.ts';
import { clockSet } from './clock_set.ts';
import { aboutOf, recordedProcess } from './host.ts';
import { SteadyClock } from '../../sys/steady_clock.ts';
import { SideRun } from './side_run.ts';
import { WindowMaker } from './window_maker.ts';

/** A running `record`: a trace whose events become the sections of a file, with windows, growths and races. */
export async function* recordLines(
  options: RecordOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly RecordLine[], void> {
  const run = new RecordRun(options);
  try {
    for await (const lines of traceLines({ ...options, encoded: true }, signal, {
      showPid: true,
      observer: run.observer,
      wallMovedMs: () => run.wallMovedMs,
    }))
      yield await run.take(lines);
  } finally {
    await run.close();
  }
}

class RecordRun {
  readonly observer: TraceObserver;
  readonly #options: RecordOptions;
  readonly #writer = new RecordingWriter();
  readonly #clock = new SteadyClock();
  readonly #windows: WindowMaker;
  readonly #extra: RecordLine[] = [];
  #growth: SideRun<GrowLine> | undefined;
  #races: SideRun<RaceLine> | undefined;
  #hasBegun = false;
  #lastFlush = performance.now();
  #counts = { windows: 0, growths: 0, races: 0 };
  #toldMovedMs = 0;

  constructor(options: RecordOptions) {
    this.#options = options;
    this.#windows = new WindowMaker(options.filters, this.#clock);
    this.observer = {
      joined: (audit) => {
        this.#windows.joined(audit);
        const process = recordedProcess(audit);
        if (process !== undefined) this.#writer.line('run', process);
      },
      left: (audit) => this.#windows.left(audit),
      look: () => this.#windows.isOver() || this.#isDue,
    };
  }

  /** By how much the clock was set: events have the time of windows. */
  get wallMovedMs(): number {
    return this.#clock.movedMs;
  }

  /** Whether what is kept should be written, so that a sudden end loses no more than a second. */
  get #isDue(): boolean {
    return performance.now() - this.#lastFlush > FLUSH_MS;
  }

  /** Takes lines of the trace in. */
  async take(lines: readonly TraceLine[]): Promise<readonly RecordLine[]> {
    const out: RecordLine[] = [];
    // Probes are in place when the first lines come: only then is there something to record.
    if (!this.#hasBegun) out.push(...(await this.#begin()));
    let summary: Summary | undefined;
    for (const line of lines) {
      if (line.type === 'encoded') this.#writer.events(line.json);
      else if (line.type === 'summary') summary = line;
      else if (line.type !== 'event') {
        this.#writer.line('run', line);
        out.push(line);
      }
    }
    if (summary !== undefined) return [...out, ...(await this.#finish(summary))];
    this.#takeSides();
    if (this.#windows.isOver()) this.#window();
    this.#sayClockSet();
    out.push(...this.#extra.splice(0));
    if (this.#writer.isFull || this.#isDue) out.push(...(await this.#flush()));
    return out;
  }

  async close(): Promise<void> {
    await Promise.all([this.#growth?.end(), this.#races?.end()]);
  }

  async #begin(): Promise<readonly RecordLine[]> {
    this.#hasBegun = true;
    const { races, selection, frames, keys, ringBytes, probe, filters } = this.#options;
    const { map, mapAddress } = filters;
    const ofMap = {
      ...(map === undefined ? {} : { map }),
      ...(mapAddress === undefined ? {} : { mapAddress }),
    };
    const ring = ringBytes === undefined ? {} : { ringBytes };
    // Jumps of one kind at a time: what needs others cannot stand beside them.
    const isAlone = probe === 'inline';
    const begun = await this.#writer.begin(aboutOf(this.#options, !isAlone));
    if (isAlone) {
      if (filters.ops.includes('grow')) this.#say(growthAmongEvents());
      if (races !== undefined) this.#say(noRacesBeside());
      if (!this.#windows.isCounting) this.#say(noWindows());
      return begun.map(bytesLine);
    }
    this.#growth = new SideRun((signal) =>
      growLines(
        {
          selection,
          keys,
          frames,
          probe,
          effects: 'off',
          filters: { ops: ['grow', 'clear'], ...ofMap },
          ...ring,
        },
        signal,
        true,
      ),
    );
    if (races !== undefined && selection.type === 'pid')
      this.#races = new SideRun((signal) =>
        raceLines(
          {
            pid: selection.pid,
            ...ofMap,
            budget: races.budget,
            keys,
            frames: Math.max(frames, RACE_FRAMES),
            probe,
            ...ring,
          },
          signal,
        ),
      );
    if (!this.#windows.isCounting) this.#say(noWindows());
    return begun.map(bytesLine);
  }

  #window(end = false): void {
    this.#writer.window(this.#windows.close(end));
    this.#counts.windows++;
  }

  #sayClockSet(): void {
    const by = this.#clock.movedMs - this.#toldMovedMs;
    this.#toldMovedMs = this.#clock.movedMs;
    if (Math.abs(by) > 1000) this.#say({ type: 'notice', level: 'warning', ...clockSet(by) });
  }

  #takeSides(): void {
    for (const line of this.#growth?.take() ?? []) {
      // Of the trace itself there is another one.
      if (line.type === 'attached' || line.type === 'notice' || line.type === 'summary') continue;
      this.#writer.line('growth', line);
      if (line.type === 'event') this.#counts.growths++;
    }
    for (const line of this.#races?.take() ?? []) {
      if (line.type === 'attached' || line.type === 'notice') continue;
      this.#writer.line('races', line);
      if (line.type === 'race') this.#counts.races = Math.max(this.#counts.races, line.id);
    }
    for (const [what, side] of [
      ['growth', this.#growth],
      ['races', this.#races],
    ] as const) {
      if (side?.failed === undefined) continue;
      this.#say(notRecorded(what, side.failed));
      if (what === 'growth') this.#growth = undefined;
      else this.#races = undefined;
    }
  }

  async #finish(summary: Summary): Promise<readonly RecordLine[]> {
    await Promise.all([this.#growth?.end(), this.#races?.end()]);
    this.#takeSides();
    if (this.#windows.isCounting) this.#window(true);
    const bytes = [...(await this.#writer.flush()), ...(await this.#writer.finish(summary))].map(bytesLine);
    const { windows, growths, races } = this.#counts;
    return [
      ...this.#extra.splice(0),
      ...bytes,
      {
        type: 'recorded',
        bytes: this.#writer.length,
        events: summary.events,
        windows,
        ...(this.#growth === undefined ? {} : { growths }),
        ...(this.#races === undefined ? {} : { races }),
      },
      summary,
    ];
  }

  async #flush(): Promise<readonly RecordLine[]> {
    this.#lastFlush = performance.now();
    return (await this.#writer.flush()).map(bytesLine);
  }

  #say(notice: Notice): void {
    this.#writer.line('run', notice);
    this.#extra.push(notice);
  }
}

/** What a sudden end may cost. */
const FLUSH_MS = 1000;
/** As `race` shows them. */
const RACE_FRAMES = 16;

const bytesLine = (bytes: Uint8Array): RecordLine => ({ type: 'bytes', bytes });

const noWindows = (): Notice => ({
  type: 'notice',
  level: 'warning',
  code: 'no-windows',
  message: 'there are no exact counts in the file: the probe cannot count by this key filter',
  hint: 'It counts by a whole key, or a text with at most a star at its end: sess:*.',
});

const growthAmongEvents = (): Notice => ({
  type: 'notice',
  level: 'info',
  code: 'not-recorded',
  message: 'growth is among the events: when, where and of which map, without cause, size and duration',
  hint: 'Uprobes tell more: --probe kernel.',
});

const noRacesBeside = (): Notice => ({
  type: 'notice',
  level: 'warning',
  code: 'not-recorded',
  message: 'races cannot be recorded: the inline probe looks for them with jumps of another kind',
  hint: 'mapaudit record --races --probe kernel, or mapaudit race --probe inline by itself.',
});

const notRecorded = (what: string, { message, hint }: MapauditError): Notice => ({
  type: 'notice',
  level: 'warning',
  code: 'not-recorded',
  message: `${what} cannot be recorded: ${message}`,
  ...(hint === undefined ? {} : { hint }),
});
