import type { ProbeSite } from '../model/probe_plan.ts';
import { WRITE_NONE, writeOf, writeOfSite } from './outcome.ts';

/** What the resolver asks about a probe site, by its index. */
export interface SiteTable {
  /** WRITE_* of the site's operation. */
  readonly write: Uint8Array;
  /** 1: a hit happens inside another operation of the same goroutine. */
  readonly inside: Uint8Array;
  /** 1: an outcome can be hoped for. */
  readonly waits: Uint8Array;
  /** By WRITE_*: 1 when the plan has exit sites for it. */
  readonly exits: Uint8Array;
}

/** The table of a plan's sites. */
export function siteTable(sites: readonly ProbeSite[]): SiteTable {
  const size = sites.reduce((most, site) => Math.max(most, site.index + 1), 0);
  const table = {
    write: new Uint8Array(size),
    inside: new Uint8Array(size),
    waits: new Uint8Array(size),
    exits: new Uint8Array(4),
  };
  for (const site of sites) {
    table.write[site.index] = writeOfSite(site);
    table.inside[site.index] = site.op === 'grow' ? 1 : 0;
    if (site.role === 'exit') table.exits[writeOf(site.op)] = 1;
  }
  for (const site of sites) {
    const write = writeOfSite(site);
    if (write !== WRITE_NONE && table.exits[write] === 1) table.waits[site.index] = 1;
  }
  return table;
}
