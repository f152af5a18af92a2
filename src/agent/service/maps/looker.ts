import { type ChildProcess, fork } from 'node:child_process';
import type { Closable } from '../../../base/dispose.ts';
import { MapauditError } from '../../../base/errors.ts';
import type { MapStates } from '../../../model/feed.ts';
import type { ProcessRef } from '../../../model/window.ts';
import { packageFile } from '../../../sys/package_file.ts';
import type { SteadyClock } from '../../../sys/steady_clock.ts';
import type { Target } from '../../target.ts';
import { LookTimes } from './look_times.ts';
import type { LookAnswer, LookAsked } from './messages.ts';

/** Where the build puts the reader. */
const READER = 'dist/agent/maps_reader.js';
/** Of one look: a program with more pointers is seen in part. */
const MOST_MEMORY_MB = 1536;

/** A process that is looked at, and who is told what was found. */
export interface Looked {
  readonly ref: ProcessRef;
  readonly target: Target;
  readonly tell: (states: MapStates) => void;
  /** Of what is missing, and why. */
  readonly say: (what: string, hint?: string) => void;
}

/** Looks from time to time for the maps of all processes, by a process of its own. They do nothing for it. */
export class MapLooker implements Closable {
  readonly #times = new LookTimes<Looked>();
  readonly #clock: SteadyClock;
  #reader: ChildProcess | undefined;
  #asked: Looked | undefined;
  #isClosed = false;

  constructor(clock: SteadyClock) {
    this.#clock = clock;
  }

  joined(looked: Looked): void {
    this.#times.joined(looked, performance.now());
  }

  left(looked: Looked): void {
    this.#times.left(looked);
  }

  /** Asks for what is due. Errors: `no-reader`, where it cannot be started. */
  look(): void {
    if (this.#asked !== undefined || this.#isClosed) return;
    const now = performance.now();
    const looked = this.#times.next(now);
    if (looked === undefined) return;
    const { pid, startTime } = looked.target.facts;
    const asked: LookAsked = { pid, startTime };
    this.#asked = looked;
    try {
      this.#started().send(asked);
    } catch (error) {
      this.#asked = undefined;
      this.#times.looked(looked, now, 0);
      throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#reader?.kill('SIGKILL');
    this.#reader = undefined;
  }

  #started(): ChildProcess {
    if (this.#reader !== undefined) return this.#reader;
    const file = packageFile(READER);
    if (file === undefined)
      throw new MapauditError('no-reader', `the maps in memory cannot be read: ${READER} is missing`, {
        hint: 'npm run build makes it.',
      });
    const reader = fork(file, {
      execArgv: [`--max-old-space-size=${MOST_MEMORY_MB}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    reader.on('message', (answer: LookAnswer) => this.#answered(answer));
    reader.on('error', () => this.#ended(reader));
    reader.on('exit', () => this.#ended(reader));
    this.#reader = reader;
    return reader;
  }

  #answered(answer: LookAnswer): void {
    const looked = this.#asked;
    this.#asked = undefined;
    // It may have left meanwhile.
    if (looked === undefined || !this.#times.has(looked)) return;
    this.#times.looked(looked, performance.now(), answer.cpuMs);
    if (answer.type === 'failed') {
      if (answer.code !== 'no-such-process') looked.say(answer.message, answer.hint);
      return;
    }
    const { maps, left, notSeen } = answer.found;
    looked.tell({ type: 'maps', at: this.#clock.now(), process: looked.ref, maps, left });
    for (const { text } of notSeen) looked.say(text);
  }

  /** It has ended by itself: of what it was asked nothing is known, and the next look starts another. */
  #ended(reader: ChildProcess): void {
    if (this.#reader !== reader) return;
    this.#reader = undefined;
    const looked = this.#asked;
    this.#asked = undefined;
    if (looked === undefined || this.#isClosed || !this.#times.has(looked)) return;
    this.#times.looked(looked, performance.now(), 0);
    looked.say('the reader of its memory has ended: it may have taken too much memory');
  }
}
