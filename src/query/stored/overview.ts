import type { ApiOverview, ApiSlice } from '../../protocol/api.ts';
import type { Ask } from '../../store/index.ts';
import { findingsOf } from './findings.ts';
import { Names } from './names.ts';
import { ratesFrom } from './rates.ts';
import { sourcesOf } from './source.ts';
import { stepFor } from './steps.ts';
import { topMaps, topSites } from './top.ts';
import { uncountedOf, withGaps } from './uncounted.ts';

const TOP = 20;
const FINDINGS = 50;

/** All that the first page shows of a slice. */
export async function overviewOf(ask: Ask, slice: ApiSlice): Promise<ApiOverview> {
  const step = stepFor(slice.from, slice.to);
  const sources = await sourcesOf(ask, slice, step);
  const { fine, sums } = sources;
  const names = new Names(ask);
  const rates = await ratesFrom(ask, sources, 'op', step, Infinity);
  const { sites, left: sites_left } = await topSites(ask, sums, TOP, { names });
  const { maps, left: maps_left } = await topMaps(ask, sums, TOP, names);
  const [loss] = await ask(
    `SELECT coalesce(sum(ring_full), 0) AS ring_full, coalesce(sum(sampled), 0) AS sampled FROM ${sums.spans} s`,
  );
  return {
    type: 'overview',
    slice: { ...slice, from: fine.from, to: fine.to },
    rates: await withGaps(ask, slice, 'op', rates),
    sites,
    sites_left,
    maps,
    maps_left,
    findings: await findingsOf(ask, slice, FINDINGS),
    loss: {
      ring_full: Number(loss?.['ring_full'] ?? 0),
      sampled: Number(loss?.['sampled'] ?? 0),
      uncounted: await uncountedOf(ask, slice),
    },
  };
}
