import type { Questions } from '../../protocol/questions.ts';
import type { StoredQuery } from '../../protocol/store.ts';
import { tableText } from '../format/table_text.ts';
import type { Io } from '../output/io.ts';
import { printResults } from '../output/print.ts';

/** `mapaudit query` */
export async function runQuery(query: StoredQuery, questions: Questions, io: Io): Promise<number> {
  const table = await questions.query(query);
  await printResults([table], tableText(table, io.outStyle), io);
  return 0;
}
