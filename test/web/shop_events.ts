import type { ApiEvent, ApiSlice } from '../../src/protocol/api.ts';
import { BEGAN, chance, type Doing, DOINGS, keyOf, MAPS, NOW, PROCESS } from './shop_model.ts';

/** The n-th event: always the same, at the time that is given. */
export function eventAt(n: number, at: number, doings: readonly Doing[] = DOINGS): ApiEvent {
  const writes = doings.filter(({ op }) => op !== 'grow');
  const doing = writes[Math.floor(chance(`doing ${n}`) * writes.length)] ?? DOINGS[0]!;
  const { op, type, site } = doing;
  const key = op === 'clear' || op === 'iterate' ? undefined : keyOf(type, n);
  return {
    type: 'event',
    time: new Date(at).toISOString().replace('Z', `${String(n % 1_000_000).padStart(6, '0')}Z`),
    pid: 4242,
    op,
    function: 'runtime.mapdelete_faststr',
    map: { id: 3, type, ...(MAPS[type] === undefined ? {} : { address: MAPS[type].map }) },
    ...(key === undefined ? {} : { key: { text: key } }),
    len: 1700 + Math.floor(chance(`len ${n}`) * 300),
    ...(doing.found === undefined ? {} : { found: chance(`found ${n}`) < doing.found }),
    ...(op === 'clear' ? { removed: 31 } : {}),
    goroutine: { id: 18 + (n % 60), start: 'net/http.(*Server).Serve.gowrap3' },
    thread: 4250 + (n % 4),
    caller: {
      function: site.function,
      inlined: false,
      ...(site.file === undefined ? {} : { file: site.file }),
      ...(site.line === undefined ? {} : { line: site.line }),
    },
    process: PROCESS,
    site,
    ...(n % 5 === 0 ? { labels: { route: '/login' }, trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' } : {}),
  };
}

/** So many events, even over a slice, newest first. */
export function eventsIn(
  slice: Pick<ApiSlice, 'from' | 'to'>,
  count: number,
  doings: readonly Doing[],
): ApiEvent[] {
  const from = Math.max(slice.from, BEGAN);
  const to = Math.min(slice.to, NOW);
  if (doings.length === 0 || to <= from) return [];
  return Array.from({ length: count }, (_, i) => eventAt(i, to - ((i + 0.5) * (to - from)) / count, doings));
}

/** A session that is begun, read, ended, ended again, and begun anew. */
const LIFE = [
  'assign',
  'access',
  'access',
  'access',
  'delete',
  'delete',
  'access',
  'assign',
  'access',
  'access',
  'assign',
  'access',
  'delete',
] as const;

export function lifeOf(slice: Pick<ApiSlice, 'from' | 'to'>, key: string): ApiEvent[] {
  const from = Math.max(slice.from, BEGAN);
  const to = Math.min(slice.to, NOW);
  let there = false;
  return LIFE.map((op, i) => {
    const doings = DOINGS.filter((doing) => doing.op === op && doing.type.includes('Session'));
    const at = from + ((i + 0.3 + chance(`${key} ${i}`) * 0.6) * (to - from)) / LIFE.length;
    const found = there;
    if (op !== 'access') there = op === 'assign';
    return { ...eventAt(i, at, doings), key: { text: key }, found };
  });
}
