import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keptQuestions } from '../../src/query/stored/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { TABLE_NAMES } from '../../src/store/batch.ts';
import { count, event, SHOP, T0, window } from './feed.ts';

const text = readFileSync(new URL('../../docs/store.md', import.meta.url), 'utf8');
const blocks = (kind: string): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${kind}\n([^]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '');

let store: Store;
beforeAll(async () => {
  store = await openStore({ memory: true, now: () => T0 + 60_000, upkeepMs: 0 });
  await store.take([
    { type: 'events', process: SHOP, sampledEvery: 1, events: [event(T0, 'delete', 'sess:1')] },
    window(T0, [count('delete', 5), count('assign', 1)]),
  ]);
});
afterAll(() => store.close());

it.each(blocks('query').flatMap((block) => block.trim().split('\n')))('%s', async (question) => {
  const { columns, rows } = await keptQuestions(store, { now: () => T0 + 60_000 }).query(question);
  expect(columns.length).toBeGreaterThan(0);
  if (!/growth|findings/.test(question)) expect(rows.length).toBeGreaterThan(0);
});

it.each(blocks('sql'))('%s', async (statement) => {
  const { rows } = await store.sql(statement);
  if (!/map_sizes|gaps/.test(statement)) expect(rows.length).toBeGreaterThan(0);
});

it('has each view with its columns', async () => {
  expect(blocks('query')).toHaveLength(1);
  expect(blocks('sql').length).toBeGreaterThan(3);
  for (const [, views = '', columns = ''] of text.matchAll(/^\| (`[a-z_`, ]+`) +\| (`time[^|]*)\|$/gm))
    for (const [, view] of views.matchAll(/`(\w+)`/g)) {
      const list = columns
        .replaceAll(/[`…]/g, '')
        .split(';')[0]!
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');
      await expect(store.sql(`SELECT ${list.join(', ')} FROM ${view!} LIMIT 1`)).resolves.toBeDefined();
    }
  for (const table of ['windows_1s', 'gaps', 'audits', 'stack_frames']) expect(TABLE_NAMES).toContain(table);
});
