import { randomBytes } from 'node:crypto';
import type { Closable } from '../../base/dispose.ts';
import { isMapauditError, messageOf } from '../../base/errors.ts';
import type { FeedItem } from '../../model/feed.ts';
import { pid as toPid } from '../../model/ids.ts';
import { MAP_OPS } from '../../model/map_op.ts';
import type { ProcessRef, WindowCount } from '../../model/window.ts';
import type { ServeOptions } from '../../protocol/serve.ts';
import { globMatcher } from '../../query/glob.ts';
import { SteadyClock } from '../../sys/steady_clock.ts';
import { execIdentity, exeIdentity, lifeOf, processFacts } from '../../sys/proc/process.ts';
import { clockSet } from '../record/clock_set.ts';
import { WindowMaker } from '../record/window_maker.ts';
import { fileIdentity } from '../select.ts';
import { SharedBinaries } from '../shared_binaries.ts';
import { Target } from '../target.ts';
import { MapLooker } from './maps/looker.ts';
import { ExecTimes } from './exec_times.ts';
import { probeMemory } from './probe_memory.ts';
import { ProcessList } from './process_list.ts';
import { RunTimeSwitch } from './run_times.ts';
import { ServedRun } from './served_run.ts';

/** What a watcher tells. */
export interface WatcherOutput {
  readonly tell: (items: readonly FeedItem[]) => void;
  readonly say: (message: string, hint?: string, code?: string) => void;
  /** Events of a process that were left out because somebody took them too slowly. */
  readonly dropped: (process: ProcessRef) => number;
}

/** Not Go's, or gone before it could be looked at: nothing that anybody must know. */
const SILENT = new Set([
  'not-go',
  'elf-not-elf',
  'elf-not-executable',
  'elf-corrupt',
  'no-such-process',
  'no-such-file',
  'cannot-open',
]);
/** Each has rings and tables of its own. */
const MOST_PROCESSES = 64;
/** For so long processes are looked at at once, of which most are not Go's. */
const LOOK_FOR_MS = 20;

/** Follows the processes that are meant, and makes the feed of what they do. */
export class Watcher implements Closable {
  readonly #options: ServeOptions;
  readonly #out: WatcherOutput;
  readonly #most: number;
  readonly #list = new ProcessList();
  readonly #runs = new Map<number, ServedRun>();
  /** Of all that is told. */
  readonly #clock = new SteadyClock();
  readonly #windows = new WindowMaker({ ops: MAP_OPS }, this.#clock);
  readonly #runTimes = new RunTimeSwitch();
  readonly #looker = new MapLooker(this.#clock);
  readonly #binaries = new SharedBinaries();
  readonly #salt = randomBytes(32);
  readonly #isMeant: (pid: number) => boolean;
  /** Said good-bye to, with their counts still in the open window. */
  #leaving: { readonly run: ServedRun; readonly at: number }[] = [];

  /** Have become another program, and are to be taken up again. */
  readonly #changed: number[] = [];
  /** Found, and not looked at yet. */
  readonly #toCome: number[] = [];
  /** Found while as many were watched as can be: they are looked at again when there is room. */
  readonly #noRoom = new Set<number>();
  readonly #execs = new ExecTimes();
  /** The one process that is meant runs something that cannot be watched: what that is. */
  #elsewhere: { readonly startTime: string; readonly image: string | undefined } | undefined;

  /**
   * Attaches to the process that is meant by its pid; others are found, and `attachSome` is for them. Errors: of one
   * process by its pid, those of attaching; `no-such-file`. `most`: processes that are watched at a time.
   */
  constructor(options: ServeOptions, out: WatcherOutput, most = MOST_PROCESSES) {
    this.#options = options;
    this.#out = out;
    this.#most = most;
    this.#isMeant = meantBy(options);
    const { selection } = options;
    try {
      if (selection.type === 'pid') this.#attach(selection.pid);
      else this.#find();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get runs(): readonly ServedRun[] {
    return [...this.#runs.values()];
  }

  /** Processes that have been found, and are still to be looked at: whether they run Go, and can be watched. */
  get toCome(): number {
    return this.#toCome.length;
  }

  /** Nothing more can come: the one process that was meant has ended. */
  get isOver(): boolean {
    const isThere = this.#runs.size > 0 || this.#changed.length > 0 || this.#elsewhere !== undefined;
    return this.#options.selection.type === 'pid' && !isThere;
  }

  get fill(): number {
    return Math.max(0, ...this.runs.map(({ fill }) => fill));
  }

  /** Takes what lies in the rings, and closes a window that is over. */
  step(): void {
    for (const run of this.#runs.values()) run.step();
    if (this.#windows.isOver()) this.#closeWindow(false);
  }

  /** A few times a second: who has come and gone, and what it costs. */
  async look(): Promise<void> {
    this.#runTimes.look();
    for (const [pid, run] of this.#runs) {
      const end = run.target.ended();
      if (end === undefined) run.look();
      else {
        await this.#leave(pid, run);
        if (end !== 'target-exec') continue;
        this.#execs.seen(run.target, this.#clock.now());
        this.#changed.push(pid);
      }
    }
    this.#takeUpAgain();
    const { selection } = this.#options;
    if (selection.type === 'pid') this.#lookElsewhere(selection.pid);
    else this.#find();
    this.#lookForMaps();
  }

  /** One of those that have been found, with those before it that are not to be watched: others are served in between. */
  attachSome(): void {
    const until = performance.now() + LOOK_FOR_MS;
    for (let pid = this.#toCome.shift(); pid !== undefined; pid = this.#toCome.shift())
      if (this.#attachFound(pid) || performance.now() > until) return;
  }

  /** Takes all probes out, and closes the window that is open. */
  async finish(): Promise<void> {
    this.#toCome.length = 0;
    try {
      for (const [pid, run] of this.#runs) await this.#leave(pid, run);
      this.#closeWindow(true);
    } finally {
      this.close();
    }
  }

  close(): void {
    for (const run of this.#runs.values()) run.close();
    this.#runTimes.close();
    this.#looker.close();
  }

  /**
   * Processes that have become another program. What they were before has left by then: metrics and lists show the one
   * after the other.
   */
  #takeUpAgain(): void {
    if (this.#leaving.length > 0) return;
    for (const pid of this.#changed.splice(0))
      if (this.#options.selection.type === 'pid') this.#followExec(pid);
      else this.#list.again(pid);
  }

  #followExec(pid: number): void {
    // Before it is looked at: meanwhile it may become the next one.
    const facts = processFacts(toPid(pid));
    const image = facts === undefined ? undefined : execIdentity(facts.pid);
    try {
      this.#attach(pid);
    } catch (error) {
      if (!isMapauditError(error)) throw error;
      if (facts === undefined) return;
      this.#elsewhere = { startTime: facts.startTime, image };
      this.#out.say(
        `${nameOf(pid)} has become another program, which is not watched: ${error.message}`,
        error.hint,
      );
    }
  }

  /** What runs there now may become a program that can be watched: a shell that starts the next version. */
  #lookElsewhere(pid: number): void {
    if (this.#elsewhere === undefined) return;
    const facts = processFacts(toPid(pid));
    const { startTime, image } = this.#elsewhere;
    const life = lifeOf(toPid(pid), startTime);
    if (life === 'gone') this.#elsewhere = undefined;
    if (life !== 'runs' || facts === undefined) return;
    const now = execIdentity(facts.pid);
    if (now === undefined || now === image) return;
    this.#elsewhere = undefined;
    this.#execs.seen({ facts }, this.#clock.now());
    this.#followExec(pid);
  }

  #lookForMaps(): void {
    try {
      this.#looker.look();
    } catch (error) {
      if (!isMapauditError(error)) throw error;
      this.#out.say(error.message, error.hint);
    }
  }

  /** What fails there is told: it costs the other processes nothing. */
  async #leave(pid: number, run: ServedRun): Promise<void> {
    this.#runs.delete(pid);
    try {
      await run.finish();
    } catch (error) {
      this.#out.say(
        `${run.ref.name} (pid ${pid}) could not be let go of as it should: ${messageOf(error)}`,
        'The last that was seen of it may be missing; what was seen of other processes is there.',
      );
    }
    this.#leaving.push({ run, at: this.#clock.now() });
    // Those that are there still are found once more.
    for (const waiting of this.#noRoom) this.#list.again(waiting);
  }

  #closeWindow(end: boolean): void {
    const window = this.#windows.close(end);
    const counts = this.#withFound(window.counts);
    const runs = [...this.#runs.values(), ...this.#leaving.map(({ run }) => run)];
    const uncounted = runs.flatMap((run) => run.uncounted());
    this.#out.tell([
      { type: 'window', window: { ...window, counts, ...(uncounted.length === 0 ? {} : { uncounted }) } },
    ]);
    if (window.clockSetMs !== undefined) {
      const { message, hint, code } = clockSet(window.clockSetMs);
      this.#out.say(message, hint, code);
    }
    const left = this.#leaving.splice(0);
    this.#out.tell(left.map(({ run, at }) => ({ type: 'left', at, process: run.ref })));
  }

  #withFound(counts: readonly WindowCount[]): readonly WindowCount[] {
    const byRun = new Map<ServedRun | undefined, WindowCount[]>();
    const runs = [...this.#runs.values(), ...this.#leaving.map(({ run }) => run)];
    for (const count of counts) {
      const run = runs.find(({ ref }) => isSame(ref, count.process));
      const own = byRun.get(run) ?? [];
      own.push(count);
      byRun.set(run, own);
    }
    return [...byRun].flatMap(([run, own]) => run?.withFound(own) ?? own);
  }

  #find(): void {
    for (const pid of this.#list.look())
      if (this.#isMeant(pid) && ![...this.#toCome, ...this.#changed].includes(pid)) this.#toCome.push(pid);
  }

  #attachFound(pid: number): boolean {
    // It may have become something else since.
    if (this.#runs.has(pid) || this.#changed.includes(pid) || !this.#isMeant(pid)) return false;
    if (this.#runs.size >= this.#most) {
      if (!this.#noRoom.has(pid))
        this.#out.say(
          `${this.#most} processes are watched already: pid ${pid} is not, until there is room`,
          'Start another mapaudit serve for a part of them: --name GLOB.',
        );
      this.#noRoom.add(pid);
      return false;
    }
    try {
      this.#attach(pid);
      this.#noRoom.delete(pid);
      return true;
    } catch (error) {
      if (!isMapauditError(error)) throw error;
      if (!SILENT.has(error.code))
        this.#out.say(`${nameOf(pid)} is not watched: ${error.message}`, error.hint);
      return false;
    }
  }

  #attach(pid: number): void {
    const { ringBytes, keys, labels } = this.#options;
    const ofLabels = labels === undefined ? {} : { labels };
    const shared = { keys, ...ofLabels, ...probeMemory(ringBytes), salt: this.#salt, clock: this.#clock };
    const counters = {
      joined: (audit: Parameters<WindowMaker['joined']>[0]) => this.#windows.joined(audit),
      left: (audit: Parameters<WindowMaker['left']>[0]) => this.#windows.left(audit),
      dropped: (audit: Parameters<WindowMaker['dropped']>[0]) => this.#windows.dropped(audit),
    };
    this.#runTimes.begin();
    const target = Target.open(toPid(pid), this.#execs.of(toPid(pid)), this.#binaries);
    const run = new ServedRun(target, this.#options, shared, {
      ...this.#out,
      counters,
      looker: this.#looker,
    });
    this.#runs.set(pid, run);
  }
}

const isSame = (a: ProcessRef, b: ProcessRef): boolean => a.pid === b.pid && a.started === b.started;

function nameOf(pid: number): string {
  const name = processFacts(toPid(pid))?.name;
  return name === undefined ? `pid ${pid}` : `${name} (pid ${pid})`;
}

/** Errors: `no-such-file`. */
function meantBy({ selection }: ServeOptions): (pid: number) => boolean {
  switch (selection.type) {
    case 'pid':
    case 'all':
      return () => true;
    case 'name': {
      const matches = globMatcher(selection.glob);
      return (pid) => {
        const name = processFacts(toPid(pid))?.name;
        return name !== undefined && matches(name);
      };
    }
    case 'exe': {
      const identity = fileIdentity(selection.path);
      return (pid) => exeIdentity(toPid(pid)) === identity;
    }
  }
}
