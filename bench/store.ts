/**
 * A day of a program that there is not, through everything that events of a real one go through, into a store; then
 * questions to it. Prints JSON lines. Run: node --import tsx bench/store.ts EVENTS FILE MOST_MINUTES
 */
import { loadavg } from 'node:os';
import { keptQuestions } from '../src/query/stored/index.ts';
import { openStore, type Store } from '../src/store/index.ts';
import { SyntheticProgram } from '../test/store/synthetic.ts';

const [events = '', path = '', minutes = ''] = process.argv.slice(2);
const START = Date.UTC(2026, 2, 1);
const DAY = 86_400;
/** Seconds that the store takes in one transaction: they come much faster than once a second. */
const TOGETHER = 60;
const LOOKS = 20;
const ROUNDS = 9;

/** One line of what the run tells. */
export type StoreLine =
  | {
      readonly type: 'look';
      readonly events: number;
      readonly wallMs: number;
      readonly cpuMs: number;
      readonly rssMb: number;
      readonly fileMb: number;
      readonly load: number;
    }
  | {
      readonly type: 'end';
      readonly events: number;
      readonly windows: number;
      readonly counters: number;
      readonly sampled: number;
      /** The store has every event in its sums. */
      readonly exact: boolean;
    }
  | { readonly type: 'query'; readonly name: string; readonly ms: readonly number[] };

const say = (line: StoreLine): void => console.log(JSON.stringify(line));

let program: SyntheticProgram | undefined;
const now = (): number => program?.now ?? START;
const store = await openStore({ path, now, upkeepMs: 0 });
program = new SyntheticProgram(store, START, Math.round(Number(events) / DAY));
await run(program, store);
await ask(store, now());
await store.close();

async function run(made: SyntheticProgram, into: Store): Promise<void> {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const sum = (): number => [...made.made.values()].reduce((all, n) => all + n, 0);
  const isLate = (): boolean => performance.now() - began > Number(minutes) * 60_000;
  let second = 0;
  while (second < DAY && !isLate()) {
    await made.run(TOGETHER);
    // What its timer does ten times a minute: roll-ups have something to do once a minute.
    await into.upkeep();
    const before = Math.floor((second * LOOKS) / DAY);
    second += TOGETHER;
    if (Math.floor((second * LOOKS) / DAY) === before && second < DAY) continue;
    const { user, system } = process.cpuUsage(cpu);
    say({
      type: 'look',
      events: sum(),
      wallMs: performance.now() - began,
      cpuMs: (user + system) / 1000,
      rssMb: process.memoryUsage().rss / 1e6,
      fileMb: into.bytes / 1e6,
      load: loadavg()[0] ?? NaN,
    });
  }
  const { counters, sampled } = made;
  const [kept] = await into.reader.read((asked) => asked('SELECT sum(operations) AS sum FROM spans_1h'));
  const [rest] = await into.reader.read((asked) =>
    asked(`SELECT coalesce(sum(operations), 0) AS sum FROM spans_1s
      WHERE start >= (SELECT rolled_to FROM levels WHERE ms = 3600000)`),
  );
  const exact = Number(kept?.['sum'] ?? 0) + Number(rest?.['sum'] ?? 0) === sum();
  say({ type: 'end', events: sum(), windows: second, counters, sampled, exact });
}

/** Each question some times: the first time blocks are read from the file. */
async function ask(of: Store, to: number): Promise<void> {
  const questions = keptQuestions(of, { now: () => to });
  // As a page asks: from no round moment on.
  const last = (ms: number): { from: number; to: number } => ({ from: Math.max(START, to - ms) + 7000, to });
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    'overview of 5 minutes': () => questions.overview(last(300_000)),
    'overview of an hour': () => questions.overview(last(3_600_000)),
    'overview of the day': () => questions.overview(last(DAY * 1000)),
    'rates of the day, by site': () => questions.rates(last(DAY * 1000), 'site', 300_000, {}),
    'a map type, the day': () => questions.map({ ...last(DAY * 1000), map_type: 'map[string]*shop.T1' }),
    'operations by site last 24h': () => questions.query('operations by site last 24h'),
    'every window that is kept, by SQL': () =>
      questions.sql(
        `SELECT op, map_type, function, sum(count) FROM operations_by_minute GROUP BY ALL ORDER BY 4 DESC`,
      ),
  };
  for (const [name, question] of Object.entries(asked)) {
    const ms: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const began = performance.now();
      await question();
      ms.push(performance.now() - began);
    }
    say({ type: 'query', name, ms });
  }
}
