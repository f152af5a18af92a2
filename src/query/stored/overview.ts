import type { ApiOverview, ApiSlice } from '../../protocol/api.ts';
import type { Ask } from '../../store/index.ts';
import { findingsOf } from './findings.ts';
import { ratesOf } from './rates.ts';
import { sourceOf } from './source.ts';
import { stepFor } from './steps.ts';
import { topMaps, topSites } from './top.ts';

const TOP = 20;
const FINDINGS = 50;

/** All that the first page shows of a slice. */
export async function overviewOf(ask: Ask, slice: ApiSlice): Promise<ApiOverview> {
  const step = stepFor(slice.from, slice.to);
  const source = await sourceOf(ask, slice, step);
  const rates = await ratesOf(ask, slice, 'op', step, Infinity);
  const { sites, left: sites_left } = await topSites(ask, source, TOP);
  const { maps, left: maps_left } = await topMaps(ask, source, TOP);
  const [loss] = await ask(
    `SELECT coalesce(sum(ring_full), 0) AS ring_full, coalesce(sum(sampled), 0) AS sampled FROM ${source.spans} s`,
  );
  return {
    type: 'overview',
    slice: { ...slice, from: source.from, to: source.to },
    rates,
    sites,
    sites_left,
    maps,
    maps_left,
    findings: await findingsOf(ask, slice, FINDINGS),
    loss: {
      ring_full: Number(loss?.['ring_full'] ?? 0),
      sampled: Number(loss?.['sampled'] ?? 0),
      uncounted: [],
    },
  };
}
