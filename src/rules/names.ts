import type { FindingSubject } from '../model/finding.ts';
import type { FrameOfEvent } from '../model/map_event.ts';
import type { ProcessRef, SiteRef } from '../model/window.ts';

/** Tells processes apart: a pid is used again. */
export const processKey = ({ pid, started }: ProcessRef): string => `${pid}-${started ?? ''}`;

export const siteKey = (site: SiteRef | undefined): string =>
  site === undefined ? '' : `${site.function}\0${site.file ?? ''}\0${site.line ?? ''}`;

/** `shop.(*Cache).evict /src/cache.go:88`: what patterns on places look at. */
export const siteText = (site: SiteRef | undefined): string =>
  site === undefined
    ? ''
    : `${site.function}${site.file === undefined ? '' : ` ${site.file}:${site.line ?? ''}`}`;

export const siteOf = (frame: FrameOfEvent | undefined): SiteRef | undefined =>
  frame === undefined
    ? undefined
    : {
        function: frame.function,
        ...(frame.file === undefined ? {} : { file: frame.file }),
        ...(frame.line === undefined ? {} : { line: frame.line }),
      };

/** Of a rule and what it is about: 16 hexadecimal digits, the same after every restart of mapaudit. */
export function findingId(rule: string, { process, ...rest }: FindingSubject, more = ''): string {
  const parts = [
    rule,
    process.name,
    processKey(process),
    rest.mapType ?? '',
    rest.mapId ?? '',
    rest.mapAddress ?? '',
    siteKey(rest.site),
    rest.prefix ?? '',
    more,
  ];
  return fnv1a(parts.join('\x01'));
}

/** FNV-1a of 64 bits, over UTF-16 code units. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++)
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}

/** RFC 3339 with nanoseconds, as Unix milliseconds with fractions. Remembers the second: many events share one. */
export class EventClock {
  #second = '';
  #ms = 0;

  at(time: string): number {
    const second = time.slice(0, 19);
    if (second !== this.#second) {
      this.#ms = Date.parse(`${second}Z`);
      this.#second = second;
    }
    const fraction = time[19] === '.' ? Number.parseFloat(`0${time.slice(19)}`) : 0;
    return this.#ms + fraction * 1000;
  }
}
