import type { Cost, ServedEvent, ServedProcess } from '../../model/feed.ts';
import type { Finding } from '../../model/finding.ts';
import type { MapOp } from '../../model/map_op.ts';
import { processId } from '../../model/process_id.ts';
import { siteId } from '../../model/site_id.ts';
import type { SiteRef, Window } from '../../model/window.ts';
import type { ApiCount, ApiEvent, ApiFinding, ApiProcess, ApiSite, ApiStatus } from '../../protocol/api.ts';
import { siteOf } from './site_of.ts';

/** Names of sites that are kept: making one takes long. */
const MOST_SITES = 50_000;
const sites = new Map<string, ApiSite>();

/** A place under the name that all answers give it. */
export function apiSite(site: SiteRef): ApiSite {
  const key = `${site.line ?? ''} ${site.function} ${site.file ?? ''}`;
  let known = sites.get(key);
  if (known === undefined) {
    if (sites.size >= MOST_SITES) sites.clear();
    sites.set(key, (known = { id: siteId(site), ...site }));
  }
  return known;
}

export function apiEvent(event: ServedEvent, process: string): ApiEvent {
  const site = siteOf(event.caller);
  return { ...event, process, ...(site === undefined ? {} : { site: apiSite(site) }) };
}

export function apiProcess(process: ServedProcess, joined: number, left?: number): ApiProcess {
  const { pid, started, name, exe, goVersion, buildId, container, cgroup, probe } = process;
  return {
    id: processId(process),
    pid,
    name,
    ...(started === undefined ? {} : { started }),
    ...(exe === undefined ? {} : { exe }),
    ...(goVersion === undefined ? {} : { go_version: goVersion }),
    ...(buildId === undefined ? {} : { build_id: buildId }),
    ...(container === undefined ? {} : { container }),
    ...(cgroup === undefined ? {} : { cgroup }),
    ...(probe === undefined ? {} : { probe }),
    joined,
    ...(left === undefined ? {} : { left }),
  };
}

export function apiCost(cost: Cost): ApiStatus['cost'][number] {
  return {
    process: processId(cost.process),
    share: cost.share,
    budget: cost.budget,
    sampled_every: cost.sampledEvery,
    keys: cost.keys,
    reads: cost.reads,
    ...(cost.paused === undefined ? {} : { paused: cost.paused }),
    ring_fill: cost.ringFill,
    ...(cost.foundUnknown === undefined ? {} : { found_unknown: cost.foundUnknown }),
  };
}

export function apiFinding(finding: Finding): ApiFinding {
  const { id, rule, severity, state, title, subject, evidence, since, firedAt, lastSeen } = finding;
  const { process, mapType, mapAddress, site, prefix } = subject;
  return {
    id,
    rule,
    severity,
    state,
    title,
    process: processId(process),
    ...(mapType === undefined ? {} : { map_type: mapType }),
    ...(mapAddress === undefined ? {} : { map: mapAddress }),
    ...(site === undefined ? {} : { site: apiSite(site) }),
    ...(prefix === undefined ? {} : { prefix }),
    evidence,
    since,
    fired_at: firedAt,
    last_seen: lastSeen,
  };
}

/** A window by operation, over all that `wanted` lets through. */
export function countsByOp(window: Window, wanted: (count: Window['counts'][number]) => boolean): ApiCount[] {
  const sums = new Map<MapOp, { count: number; found: number; not_found: number }>();
  for (const count of window.counts) {
    if (!wanted(count)) continue;
    const sum = sums.get(count.op) ?? { count: 0, found: 0, not_found: 0 };
    sum.count += count.count;
    sum.found += count.found;
    sum.not_found += count.notFound;
    sums.set(count.op, sum);
  }
  return [...sums].map(([op, sum]) => ({ op, ...sum }));
}
