import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { MapauditError, messageOf } from '../base/errors.ts';
import { NewFiles } from './new_files.ts';
import type { StorePlace } from './options.ts';
import { isDiskFull } from './trouble.ts';

/** Files that this process has open: the lock of a file does not keep out the process that holds it. */
const open = new Set<string>();

/** An open database, and how to let it go. */
export interface Opened {
  readonly instance: DuckDBInstance;
  close(): void;
  /** Closes what cannot be used after all, and takes away the files that opening it has made. */
  giveUp(): void;
}

/** What SQL of others must not do is forbidden to the whole instance, and cannot be allowed again. */
const SETTINGS = {
  enable_external_access: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  lock_configuration: 'true',
  memory_limit: '512MB',
  max_temp_directory_size: '0B',
  preserve_insertion_order: 'false',
  threads: '2',
  // When the log is taken into the file is decided here: within a commit a full disk would be the end of the instance.
  checkpoint_threshold: '1TB',
};

/** Errors: `no-such-file`, `store-locked`, `not-a-store`, `store-newer`, `store-unusable`, `disk-full`. */
export async function openDatabase(place: StorePlace, readOnly: boolean): Promise<Opened> {
  if ('memory' in place) {
    const instance = await DuckDBInstance.create(':memory:', SETTINGS);
    const close = (): void => instance.closeSync();
    return { instance, close, giveUp: close };
  }
  const path = resolve(place.path);
  checkPath(place.path, readOnly);
  if (open.has(path)) throw locked(place.path, undefined);
  open.add(path);
  const made = new NewFiles(path);
  // Keys can be secrets: file and log are for their owner alone, whenever DuckDB makes them.
  if (!readOnly) process.umask(0o077);
  try {
    const instance = await DuckDBInstance.create(path, {
      ...SETTINGS,
      ...(readOnly ? { access_mode: 'READ_ONLY' } : {}),
    });
    if (!readOnly) await keepLogAtEnd(instance);
    const close = (): void => {
      open.delete(path);
      instance.closeSync();
    };
    const giveUp = (): void => {
      close();
      made.remove();
    };
    return { instance, close, giveUp };
  } catch (error) {
    open.delete(path);
    // For any other reason they may be of another process, which was quicker.
    if (isDiskFull(error)) made.remove();
    throw openingError(place.path, error);
  }
}

/** Else DuckDB takes the log in when it is closed, and may take the last room of the disk for that. */
async function keepLogAtEnd(instance: DuckDBInstance): Promise<void> {
  const connection = await instance.connect();
  await connection.run('PRAGMA disable_checkpoint_on_shutdown');
  connection.closeSync();
}

function checkPath(path: string, readOnly: boolean): void {
  if (readOnly && !existsSync(path))
    throw new MapauditError('no-such-file', `${path}: no such file`, {
      hint: 'mapaudit serve --store FILE makes one.',
    });
  const folder = dirname(resolve(path));
  if (!existsSync(folder))
    throw new MapauditError('no-such-file', `${folder}: no such folder`, {
      hint: `Make it: mkdir -p ${folder}`,
    });
  if (existsSync(path) && !statSync(path).isFile())
    throw new MapauditError('not-a-store', `${path} is no file`, { hint: 'Name a file: mapaudit.duckdb.' });
  // By their names DuckDB takes some files for tables, and keeps nothing of what is written to those.
  if (existsSync(path) && statSync(path).size > 0 && !isDatabase(path)) throw notAStore(path);
}

/** Told by bytes 8 to 11: DuckDB v1.5, src/storage/single_file_block_manager.cpp, MainHeader. */
function isDatabase(path: string): boolean {
  const head = Buffer.alloc(12);
  const file = openSync(path, 'r');
  try {
    return readSync(file, head, 0, 12, 0) === 12 && head.toString('latin1', 8) === 'DUCK';
  } finally {
    closeSync(file);
  }
}

function notAStore(path: string, cause?: unknown): MapauditError {
  return new MapauditError('not-a-store', `${path} is not a store`, {
    hint: 'A store is a file that mapaudit serve --store has made.',
    ...(cause === undefined ? {} : { cause }),
  });
}

const HOLDER = /Conflicting lock is held in (.*?) \(PID (\d+)\)/;

function openingError(path: string, error: unknown): MapauditError {
  const text = messageOf(error);
  const holder = HOLDER.exec(text);
  if (holder !== null) return locked(path, { exe: holder[1] ?? '', pid: Number(holder[2]) }, error);
  if (/Could not set lock/.test(text)) return locked(path, undefined, error);
  if (isDiskFull(error)) return diskFull(path, error);
  if (/not a valid DuckDB database file/.test(text)) return notAStore(path, error);
  if (/version number|newer version|storage version/i.test(text))
    return new MapauditError('store-newer', `${path} was made by a newer mapaudit`, {
      hint: 'Use the mapaudit that made it, or another file.',
      cause: error,
    });
  return new MapauditError('store-unusable', `${path} cannot be opened: ${firstLine(text)}`, {
    hint: 'Move the file away to begin a new one; nothing else needs it.',
    cause: error,
  });
}

/** The error `disk-full` of a store that cannot be opened. */
export const diskFull = (path: string, cause: unknown): MapauditError =>
  new MapauditError('disk-full', `${path} cannot be opened: the disk is full`, {
    hint: 'Make room on it, or name a file on another one.',
    cause,
  });

function locked(
  path: string,
  holder: { readonly exe: string; readonly pid: number } | undefined,
  cause?: unknown,
): MapauditError {
  const who = holder === undefined ? 'this process' : `process ${holder.pid} (${holder.exe})`;
  return new MapauditError('store-locked', `${path} is held by ${who}`, {
    hint: 'If that is mapaudit serve, ask it: mapaudit query --url http://127.0.0.1:7777 --token TOKEN ….',
    ...(holder === undefined ? {} : { fields: { pid: holder.pid } }),
    cause,
  });
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
