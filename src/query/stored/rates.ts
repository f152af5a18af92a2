import { MAP_OPS } from '../../model/map_op.ts';
import type { ApiRates, ApiSeries, ApiSlice } from '../../protocol/api.ts';
import type { Ask } from '../../store/index.ts';
import { spread } from './long_windows.ts';
import { Names, NO_SITE, NO_TYPE } from './names.ts';
import { sourcesOf, type Source, type Sources } from './source.ts';

export type RatesBy = 'op' | 'map_type' | 'site' | 'process';

/** Counts over time, of the `limit` largest and of all others together. */
export async function ratesOf(
  ask: Ask,
  slice: ApiSlice,
  by: RatesBy,
  wantedStep: number,
  limit: number,
): Promise<ApiRates> {
  return await ratesFrom(ask, await sourcesOf(ask, slice, wantedStep), by, wantedStep, limit);
}

export async function ratesFrom(
  ask: Ask,
  { fine, sums }: Sources,
  by: RatesBy,
  wantedStep: number,
  limit: number,
): Promise<ApiRates> {
  // Of what is kept by the hour alone there are no points of minutes.
  const step = wantedStep % fine.grain === 0 ? wantedStep : Math.ceil(wantedStep / fine.grain) * fine.grain;
  const at = fine.from - (fine.from % step);
  const totals = await ask(
    `SELECT ${by} AS of, sum(count) AS total FROM ${sums.windows} w GROUP BY ${by} ORDER BY total DESC, ${by}`,
    sums.values,
  );
  const top = totals.slice(0, limit);
  const recorded = await recordedOf(ask, fine, at, step);
  // 0 where something was recorded, null where nothing was.
  const empty = recorded.map((ms): number | null => (ms > 0 ? 0 : null));
  const points = new Map(top.map(({ of }) => [of, [...empty]]));
  if (top.length > 0) {
    const list = top.map(({ of }) => (typeof of === 'number' ? String(of) : `'${String(of)}'`)).join(', ');
    // Where all are wanted, looking whether each is costs more than all else.
    const where = top.length === totals.length ? '' : `WHERE ${by} IN (${list})`;
    const rows = await ask(
      `SELECT ${by} AS of, start - start % ${step} AS slot, sum(count) AS count FROM ${fine.windows} w
       ${where} GROUP BY ${by}, start - start % ${step}`,
      fine.values,
    );
    for (const row of rows) {
      const series = points.get(row['of'] ?? null);
      if (series !== undefined) series[(Number(row['slot']) - at) / step] = Number(row['count']);
    }
    await spread(ask, fine, { by, at, step }, points);
  }
  const ids = top.map(({ of }) => ({ [by]: of ?? null }));
  const names = by === 'op' ? new Names(ask) : await new Names(ask).of(ids);
  return {
    type: 'rates',
    at,
    step,
    series: top.map(({ of, total }) => ({
      ...nameOf(by, of ?? null, names),
      total: Number(total),
      points: points.get(of ?? null) ?? empty,
    })),
    other: totals.slice(limit).reduce((sum, { total }) => sum + Number(total), 0),
    recorded,
  };
}

function nameOf(by: RatesBy, of: unknown, names: Names): Omit<ApiSeries, 'total' | 'points'> {
  switch (by) {
    case 'op': {
      const op = MAP_OPS.find((one) => one === of);
      return { name: String(of), ...(op === undefined ? {} : { op }) };
    }
    case 'map_type': {
      const type = names.type(of);
      return type === undefined ? { name: NO_TYPE } : { name: type, map_type: type };
    }
    case 'site': {
      const site = names.site(of) ?? NO_SITE;
      return { name: site.function, site };
    }
    case 'process':
      return { name: names.process(of) };
  }
}

/** Of each step, how many milliseconds were recorded. */
async function recordedOf(ask: Ask, source: Source, at: number, step: number): Promise<number[]> {
  const recorded = new Array<number>(Math.ceil((source.to - at) / step)).fill(0);
  const rows = await ask(
    `SELECT start - start % ${step} AS slot, sum(length) AS length, max(start + length) AS until FROM ${source.spans} s
     GROUP BY start - start % ${step} ORDER BY slot`,
  );
  for (const { slot, length, until } of rows) {
    // The last window of a step may be longer than what is left of it.
    const beyond = Math.max(0, Number(until) - Number(slot) - step);
    const first = (Number(slot) - at) / step;
    let left = Number(length);
    for (let i = first; left > 0 && i < recorded.length; i++) {
      const part = Math.min(step - (recorded[i] ?? 0), i === first ? left - beyond : left);
      recorded[i] = (recorded[i] ?? 0) + Math.max(0, part);
      left = i === first ? beyond : left - part;
    }
  }
  return recorded;
}
