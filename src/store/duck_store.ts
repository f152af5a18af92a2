import { setImmediate as turn } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { FeedItem } from '../model/feed.ts';
import { bytes } from '../protocol/text/numbers.ts';
import { appendRows } from './bulk.ts';
import { Batch } from './batch.ts';
import { Disk } from './disk.ts';
import { runSql } from './guarded_sql.ts';
import { withLate } from './late.ts';
import { lostText } from './lost.ts';
import { diskFull, type Opened, openDatabase } from './open.ts';
import { DEFAULT_RETENTION, type Retention, type StoreNotice, type StoreOptions } from './options.ts';
import { bounded } from './pending.ts';
import { DuckReader } from './reader.ts';
import { forgetOld } from './retain.ts';
import { rollUp, type RolledTo } from './roll_up.ts';
import { addItem } from './rows.ts';
import { setUp } from './set_up.ts';
import { shrink } from './shrink.ts';
import { storeBytes } from './size.ts';
import { forgetStacks } from './stacks.ts';
import type { SqlLimits, Store } from './store.ts';
import type { SqlReader, SqlTable } from './sql_reader.ts';
import { Symbols } from './symbols.ts';
import { takeLogIn } from './take_log_in.ts';
import { DiskFull, isDiskFull, Trouble } from './trouble.ts';
import { Turns } from './turns.ts';

/** Rows that wait for the end of a window before they are written without it. */
const MOST_WAITING = 50_000;
const UPKEEP_MS = 10_000;
/** What is taken at once; then others have their turn. */
const TAKE_MS = 3;
/** Statements of others that run at the same time: threads and memory are for writing too. */
const SQL_AT_ONCE = 2;
/** How often stacks that nothing means any more are looked for. */
const STACKS_EVERY_MS = 600_000;

export class DuckStore implements Store {
  readonly reader: SqlReader;
  readonly #options: StoreOptions;
  readonly #retention: Retention;
  readonly #symbols = new Symbols();
  readonly #duckReader: DuckReader;
  readonly #disk: Disk;
  readonly #sqlTurns = new Turns(SQL_AT_ONCE);
  #opened: Opened;
  #connection: DuckDBConnection;
  #rolled: RolledTo = [0, 0, 0];
  #run = 0;
  #batch = new Batch();
  #hasWindow = false;
  /** Everything that writes, one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #bytes = 0;
  #oldest: number | undefined;
  #stacksAt = 0;
  #trouble: Trouble | undefined;
  /** Transactions that this run has written: tells whether one whose end is not known was. */
  #written = 0;
  /** Rows whose transaction failed at its end: they may have been written or not. */
  #doubtful: Batch | undefined;
  #closed = false;
  /** DuckDB does not go on with this instance. */
  #isDead = false;
  /** That the oldest has to go is said once a run. */
  #saidFull = false;

  private constructor(options: StoreOptions, opened: Opened, connection: DuckDBConnection) {
    this.#options = options;
    this.#retention = { ...DEFAULT_RETENTION, ...options.retention };
    this.#opened = opened;
    this.#connection = connection;
    this.#disk = new Disk(options, options.sizeLimit);
    this.#duckReader = new DuckReader(() => this.#opened.instance);
    this.reader = this.#duckReader;
  }

  static async open(options: StoreOptions): Promise<DuckStore> {
    const opened = await openDatabase(options, options.readOnly === true);
    let connection: DuckDBConnection | undefined;
    try {
      connection = await opened.instance.connect();
      const store = new DuckStore(options, opened, connection);
      await store.#begin();
      return store;
    } catch (error) {
      connection?.closeSync();
      opened.giveUp();
      throw 'path' in options && isDiskFull(error) ? diskFull(options.path, error) : error;
    }
  }

  get trouble(): string | undefined {
    return this.#trouble?.text;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get oldest(): number | undefined {
    return this.#oldest;
  }

  async take(items: readonly FeedItem[]): Promise<void> {
    let until = performance.now() + TAKE_MS;
    for (const item of items) {
      if (performance.now() > until) {
        await turn();
        until = performance.now() + TAKE_MS;
      }
      addItem(item, this.#symbols, this.#batch);
      if (item.type === 'window') this.#hasWindow = true;
    }
    if (this.#trouble !== undefined) {
      this.#bound();
      if (!this.#trouble.isDue) return;
    }
    if (this.#hasWindow || this.#batch.length > MOST_WAITING) await this.#inTurn(() => this.#flush());
  }

  async sql(text: string, limits: Partial<SqlLimits> = {}): Promise<SqlTable> {
    return await runSql(() => this.#opened.instance, text, limits, this.#sqlTurns);
  }

  async upkeep(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#options.readOnly === true || this.#closed) return;
      if (!(await this.#flush())) return;
      await this.#guarded(() => this.#keepUp());
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#inTurn(async () => {
      if (this.#closed) return;
      this.#closed = true;
      if (this.#options.readOnly !== true) await this.#end();
      this.#duckReader.close();
      this.#connection.closeSync();
      this.#opened.close();
    });
  }

  async #end(): Promise<void> {
    const done =
      (await this.#flush()) &&
      (await this.#guarded(async () => {
        await this.#connection.run(`UPDATE runs SET closed = ${this.#now()} WHERE run = ${this.#run}`);
      }));
    // What stands in the log is kept: where it cannot be taken in now, the next run does.
    if (!done) await this.#sayLost();
    else if (this.#disk.canCheckpoint) await takeLogIn(this.#connection).catch(() => undefined);
  }

  /** The end is not marked then, so that the next run knows of the gap. */
  async #sayLost(): Promise<void> {
    if (this.#trouble === undefined || 'memory' in this.#options) return;
    if (this.#doubtful !== undefined && (await this.#wasWritten().catch(() => false)))
      this.#doubtful = undefined;
    const waiting = this.#doubtful === undefined ? [this.#batch] : [this.#doubtful, this.#batch];
    this.#say(
      'store-lost',
      lostText({ trouble: this.#trouble, waiting, isDoubtful: this.#doubtful !== undefined }),
      'Make room on its disk, or name a file on another one; the next start with this one says the gap, and `gaps` has its time.',
    );
  }

  async #begin(): Promise<void> {
    const { readOnly = false, upkeepMs = UPKEEP_MS } = this.#options;
    const state = await setUp(this.#connection, this.#options, this.#now());
    this.#rolled = state.rolled;
    this.#run = state.run;
    await this.reader.read((ask) => this.#symbols.load(ask));
    await this.#look();
    if (state.gap !== undefined) this.#say('store-gap', state.gap);
    if (readOnly || upkeepMs === 0) return;
    this.#timer = setInterval(() => void this.upkeep(), upkeepMs);
    this.#timer.unref();
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }

  #say(code: StoreNotice['code'], message: string, hint?: string): void {
    this.#options.say?.({ at: this.#now(), code, message, ...(hint === undefined ? {} : { hint }) });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  /** Writes all that waits in one transaction. False where it could not. */
  async #flush(): Promise<boolean> {
    if (this.#batch.isEmpty && this.#doubtful === undefined && this.#trouble === undefined) return true;
    const batch = this.#batch;
    this.#batch = new Batch();
    this.#hasWindow = false;
    const done = await this.#guarded(async () => {
      await this.#makeRoom(batch.length + (this.#doubtful?.length ?? 0));
      await this.#write(batch);
    });
    if (done) return true;
    if (this.#doubtful !== batch) {
      batch.append(this.#batch);
      this.#batch = batch;
    }
    this.#hasWindow = true;
    this.#bound();
    return false;
  }

  async #write(batch: Batch): Promise<void> {
    const doubtful = this.#doubtful;
    if (doubtful !== undefined) {
      if (await this.#wasWritten()) this.#written++;
      else await this.#commit(doubtful);
      this.#doubtful = undefined;
    }
    if (!batch.isEmpty) await this.#commit(batch);
  }

  async #commit(batch: Batch): Promise<void> {
    await this.#connection.run('BEGIN');
    for (const part of [batch, withLate(batch, this.#rolled)])
      for (const [table, rows] of part.tables()) await appendRows(this.#connection, table, rows);
    await this.#connection.run(`UPDATE runs SET written = ${this.#written + 1} WHERE run = ${this.#run}`);
    this.#doubtful = batch;
    await this.#connection.run('COMMIT');
    this.#doubtful = undefined;
    this.#written++;
  }

  async #wasWritten(): Promise<boolean> {
    const [row] = await (
      await this.#connection.run(`SELECT written FROM runs WHERE run = ${this.#run}`)
    ).getRows();
    return Number(row?.[0] ?? 0) > this.#written;
  }

  /** Opens a dead instance again, takes a long log into the file, and refuses to fill the disk with so many rows. */
  async #makeRoom(rows: number): Promise<void> {
    if (this.#isDead) await this.#reopen();
    if ((this.#disk.isLogLong || !this.#disk.hasRoom) && this.#disk.canCheckpoint)
      await takeLogIn(this.#connection);
    if (!(this.#closed ? this.#disk.hasRoomAtEnd(rows) : this.#disk.hasRoom)) throw new DiskFull();
  }

  async #reopen(): Promise<void> {
    this.#duckReader.close();
    this.#connection.closeSync();
    this.#opened.close();
    this.#opened = await openDatabase(this.#options, false);
    this.#connection = await this.#opened.instance.connect();
    this.#isDead = false;
  }

  async #keepUp(): Promise<void> {
    const now = this.#now();
    await this.#makeRoom(0);
    this.#rolled = await rollUp(this.#connection, now, this.#rolled);
    await forgetOld(this.#connection, now, this.#retention, this.#rolled);
    const { sizeLimit } = this.#options;
    if (sizeLimit !== undefined) await this.#keepTo(sizeLimit);
    if (now - this.#stacksAt >= STACKS_EVERY_MS) {
      await forgetStacks(this.#connection, this.#symbols, () => this.#batch);
      this.#stacksAt = now;
    }
    await this.#look();
  }

  async #keepTo(sizeLimit: number): Promise<void> {
    const gone = await shrink(this.#connection, this.#options, sizeLimit, this.#rolled);
    if (!gone || this.#saidFull) return;
    this.#saidFull = true;
    this.#say(
      'store-limit',
      `The store has what it may take, ${bytes(sizeLimit)}: from now on the oldest of what takes the most is deleted before its time`,
      'mapaudit serve --store-size lets it have more.',
    );
  }

  async #look(): Promise<void> {
    this.#bytes = await storeBytes(this.#options, this.#connection);
    const [row] = await (
      await this.#connection.run(
        'SELECT least((SELECT min(start) FROM spans_1s), (SELECT min(start) FROM spans_1m), (SELECT min(start) FROM spans_1h))',
      )
    ).getRows();
    const oldest = row?.[0] ?? null;
    this.#oldest = oldest === null ? undefined : Number(oldest);
  }

  /** Runs what writes. When it fails, all is as it was before, `trouble` says why, and false is given. */
  async #guarded(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      await this.#connection.run('ROLLBACK').catch(() => undefined);
      const before = this.#trouble;
      this.#trouble = before?.triedAgain(error) ?? new Trouble(error, this.#now());
      // At the end there is no meanwhile.
      if (before === undefined && !this.#closed)
        this.#say('store-not-written', this.#trouble.news, 'Make room on its disk; it goes on by itself.');
      // What is kept can be asked for meanwhile; where that fails, it is tried again with the next write.
      this.#isDead ||= this.#trouble.fatal;
      if (this.#isDead && !this.#closed) await this.#reopen().catch(() => undefined);
      return false;
    }
    const { story } = this.#trouble ?? {};
    this.#trouble = undefined;
    if (story !== undefined) this.#say('store-written-again', story);
    return true;
  }

  #bound(): void {
    const { batch, dropped, coarser } = bounded(this.#batch);
    this.#batch = batch;
    if (this.#trouble === undefined) return;
    this.#trouble.dropped += dropped;
    this.#trouble.coarser ||= coarser;
  }
}
