import type { ListedMap, MapWriter } from '../../protocol/maps.ts';
import { shortFunction } from '../../protocol/text/labels.ts';
import { counted, rate } from '../../protocol/text/numbers.ts';
import { siteName } from './map_names.ts';

const SITES = 2;
const WRITERS = 2;

/** Who wrote to a map while it was observed: places, then goroutines. */
export function writersText({ observed }: ListedMap): readonly string[] {
  if (observed === undefined) return [];
  const sites = observed.sites.filter(({ op }) => op !== 'grow');
  const lines = sites.slice(0, SITES).map((site) => `${site.op} ${rate(site.rate)}/s  ${siteName(site)}`);
  const more = sites.length - SITES;
  if (more > 0) lines.push(`… ${counted(more, 'more place')}`);
  const { goroutines = [], writers = 0, grows } = observed;
  const by = goroutines.slice(0, WRITERS).map(goroutineText);
  const others = writers - by.length;
  const said = others > 0 ? [...by, counted(others, 'other')] : by;
  const grew = grows === 0 ? [] : [`made larger ${counted(grows, 'time')}`];
  const last = [...(said.length === 0 ? [] : [`by ${said.join(', ')}`]), ...grew];
  return last.length === 0 ? lines : [...lines, last.join(' · ')];
}

const goroutineText = ({ id, start }: MapWriter): string =>
  start === undefined ? `goroutine ${id}` : `goroutine ${id} ${shortFunction(start)}`;
