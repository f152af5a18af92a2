import { stat } from 'node:fs/promises';
import { MapauditError } from '../../base/errors.ts';
import type { ApiSite, ApiSitePage, ApiSlice } from '../../protocol/api.ts';
import type { Ask } from '../../store/index.ts';
import { stacksOf } from './event_rows.ts';
import { topKeys, topStacks } from './events.ts';
import { Names } from './names.ts';
import { ratesFrom } from './rates.ts';
import { sourceLines } from './source_lines.ts';
import { sourceOf, sourcesOf } from './source.ts';
import { stepFor } from './steps.ts';
import { topMaps } from './top.ts';
import { siteId } from '../../model/site_id.ts';

const TOP = 20;
const STACKS = 200;

/** One line of the program. Errors: `slice` without a site, `no-such-site`. */
export async function sitePageOf(ask: Ask, slice: ApiSlice): Promise<ApiSitePage> {
  const { site: hash } = slice;
  if (hash === undefined)
    throw new MapauditError('slice', 'a site is asked for without saying which', {
      hint: 'Name its id as other answers have it: site=16 hexadecimal digits.',
    });
  const [row] = await ask('SELECT id FROM sites WHERE hash = {hash:String}', { hash });
  const names = new Names(ask);
  await names.sites([Number(row?.['id'] ?? 0)]);
  const site = names.site(row?.['id']);
  if (site === undefined)
    throw new MapauditError('no-such-site', `no site is called ${hash}`, {
      hint: 'Sites that were seen: mapaudit query "operations by site".',
    });
  const step = stepFor(slice.from, slice.to);
  const sources = await sourcesOf(ask, slice, step);
  const { stacks, left } = await topStacks(ask, slice, STACKS);
  const frames = await stacksOf(
    ask,
    stacks.map(({ stack }) => stack),
    names,
  );
  const lines = await sourceLines(site, await builtAt(ask, slice));
  return {
    type: 'site',
    site,
    rates: await ratesFrom(ask, sources, 'op', step, Infinity),
    maps: (await topMaps(ask, sources.sums, TOP, names)).maps,
    keys: await topKeys(ask, slice, TOP),
    stacks: stacks.map(({ stack, sampled }) => ({
      frames: (frames.get(stack) ?? []).map(({ inlined: _, ...place }): ApiSite => ({
        id: siteId(place),
        ...place,
      })),
      sampled,
    })),
    stacks_left: left,
    ...(lines === undefined ? {} : { source: lines }),
  };
}

/** When the program of the newest process that did it was built, as its file says, or else when it began. */
async function builtAt(ask: Ask, slice: ApiSlice): Promise<number | undefined> {
  const { windows, values } = await sourceOf(ask, slice, 3_600_000);
  const [row] = await ask(
    `SELECT p.started AS started, a.exe AS exe FROM processes p LEFT JOIN audits a ON a.process = p.id AND a.event = 'joined'
     WHERE p.id IN (SELECT process FROM ${windows} w) ORDER BY p.started DESC, a.seen_at DESC LIMIT 1`,
    values,
  );
  const started = typeof row?.['started'] === 'number' ? row['started'] : undefined;
  if (typeof row?.['exe'] !== 'string') return started;
  const built = await stat(row['exe']).catch(() => undefined);
  return built?.mtimeMs ?? started;
}
