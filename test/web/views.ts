import { EVICT, MAPS, PROCESS, SESSIONS } from './shop_model.ts';

const MAP = encodeURIComponent(MAPS[SESSIONS]?.map ?? '');
const TYPE = encodeURIComponent(SESSIONS);
const KEY = encodeURIComponent('"sess:eu-5e8b"');

/** Eight minutes in which the storm begins and ends. */
export const IN_STORM = 'from=2026-03-01T11:52:00.000Z&to=2026-03-01T12:00:00.000Z';

/** Each page with something to see, and a text that only it shows. */
export const VIEWS = [
  { name: 'overview', fragment: '#/overview?last=15m', shows: 'Busiest lines' },
  { name: 'map', fragment: `#/map?last=15m&process=${PROCESS}&map=${MAP}&type=${TYPE}`, shows: 'Slots' },
  { name: 'site', fragment: `#/site?last=15m&site=${EVICT.id}`, shows: 'Who calls it' },
  { name: 'key', fragment: `#/key?last=15m&type=${TYPE}&key=${KEY}`, shows: 'Life' },
  { name: 'events', fragment: '#/live?last=15m', shows: 'As they happen' },
  { name: 'kept-events', fragment: `#/live?${IN_STORM}`, shows: 'Events of this time' },
  { name: 'compare', fragment: `#/compare?${IN_STORM}`, shows: 'What changed' },
  { name: 'ask', fragment: '#/query?q=deletes+by+site+last+10m', shows: '4 rows in' },
] as const;
