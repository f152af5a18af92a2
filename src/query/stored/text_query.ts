import type { Ask, SqlTable } from '../../store/index.ts';

/** `deletes by site last 10m` */
export function textQuery(_ask: Ask, _text: string, _now: number): Promise<SqlTable> {
  throw new Error('internal: not yet');
}
