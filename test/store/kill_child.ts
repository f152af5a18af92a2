/** Writes windows as fast as it can and says of each that it is kept; ended by SIGKILL. argv: file, first start. */
import { writeSync } from 'node:fs';
import { openStore } from '../../src/store/index.ts';
import { count, event, SHOP, window } from './feed.ts';

const [path = '', first = '0'] = process.argv.slice(2);
let at = Number(first);
const store = await openStore({ path, now: () => at, upkeepMs: 0, sizeLimit: 256 * 1024 * 1024 });
writeSync(1, 'open\n');
for (let i = 0; ; i++) {
  at = Number(first) + i * 1000;
  const counts = Array.from({ length: 40 }, (_, k) =>
    count('delete', ((i + 1) * (k + 7)) % 101, { mapAddress: `0xc0000${(10_000 + k).toString(16)}0` }),
  );
  const events = Array.from({ length: 20 }, (_, k) => event(at, 'delete', `key-${i}-${k}`));
  await store.take([{ type: 'events', process: SHOP, sampledEvery: 1, events }, window(at, counts)]);
  const sum = counts.reduce((all, one) => all + one.count, 0);
  writeSync(1, `${at} ${sum}\n`);
  // Roll-ups, and taking the log into the file, are to be killed too.
  if (i % 20 === 19) await store.upkeep();
}
