import type { ApiSite } from '../../protocol/api.ts';
import type { Ask, SqlRow } from '../../store/index.ts';

/** Names of the numbers in rows, read as they are needed, for one question. */
export class Names {
  readonly #ask: Ask;
  readonly #sites = new Map<number, ApiSite>();
  readonly #types = new Map<number, string>();
  readonly #processes = new Map<number, string>();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Reads the names of all that rows mean by their columns process, map_type and site. */
  async of(rows: readonly SqlRow[]): Promise<this> {
    const ids = (column: string): number[] => rows.map((row) => Number(row[column] ?? 0));
    await this.#read('processes', ids('process'), this.#processes, ({ ref }) => String(ref));
    await this.#read('map_types', ids('map_type'), this.#types, ({ name }) => String(name));
    await this.sites(ids('site'));
    return this;
  }

  async sites(ids: readonly number[]): Promise<void> {
    await this.#read('sites', ids, this.#sites, siteOfRow);
  }

  /** `PID-STARTED` */
  process(id: unknown): string {
    return this.#processes.get(Number(id)) ?? '';
  }

  type(id: unknown): string | undefined {
    return this.#types.get(Number(id));
  }

  site(id: unknown): ApiSite | undefined {
    return this.#sites.get(Number(id));
  }

  async #read<T>(
    table: string,
    ids: readonly number[],
    into: Map<number, T>,
    make: (row: SqlRow) => T,
  ): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => id > 0 && !into.has(id));
    if (wanted.length === 0) return;
    const rows = await this.#ask(`SELECT * FROM ${table} WHERE id IN (${wanted.join(', ')})`);
    for (const row of rows) into.set(Number(row['id']), make(row));
  }
}

function siteOfRow({ hash, function: name, file, line }: SqlRow): ApiSite {
  return {
    id: String(hash),
    function: String(name),
    ...(typeof file === 'string' ? { file } : {}),
    ...(typeof line === 'number' ? { line } : {}),
  };
}

/** What stands for operations whose caller is not known. */
export const NO_SITE: ApiSite = { id: '0000000000000000', function: 'unknown' };
export const NO_TYPE = 'unknown';

/** `0xc000123450`; undefined for 0, which stands for none. */
export const addressText = (map: unknown): string | undefined =>
  Number(map ?? 0) === 0 ? undefined : `0x${Number(map).toString(16)}`;
