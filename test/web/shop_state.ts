import type { ApiFinding, ApiStatus } from '../../src/protocol/api.ts';
import { BEGAN, EVICT, MAPS, PROCESS, SEEN, SESSIONS, STORM } from './shop_model.ts';

export function findings(now: number): ApiFinding[] {
  return [
    {
      id: 'delete-storm-1',
      rule: 'delete-storm',
      severity: 'critical',
      state: now < STORM.to ? 'firing' : 'resolved',
      title:
        '2,161 deletes/s on map[string]*shop.Session at cache.go:82, 96 % on keys that begin with "sess:eu-"',
      process: PROCESS,
      map_type: SESSIONS,
      map: MAPS[SESSIONS]?.map ?? '',
      site: EVICT,
      prefix: '"sess:eu-',
      evidence: [
        {
          text: '2,161 deletes/s over 10 s; 21/s in the hour before',
          from: STORM.from,
          to: STORM.from + 10_000,
        },
        { text: '96 % of 2,093 sampled keys begin with "sess:eu-"', from: STORM.from, to: STORM.to },
      ],
      since: STORM.from,
      fired_at: STORM.from + 10_000,
      last_seen: STORM.to,
    },
    {
      id: 'never-shrinks-1',
      rule: 'never-shrinks',
      severity: 'warning',
      state: 'firing',
      title: '(*shop.Carts).seen has only grown for an hour: 241,200 entries more, none deleted',
      process: PROCESS,
      map_type: SEEN,
      map: MAPS[SEEN]?.map ?? '',
      evidence: [
        { text: 'From 40,000 to 281,200 entries, 67 inserts a second, no delete', from: BEGAN, to: now },
      ],
      since: BEGAN + 60_000,
      fired_at: BEGAN + 660_000,
      last_seen: now,
    },
  ];
}

export function statusOf(now: number, every: number): ApiStatus {
  return {
    type: 'status',
    version: '0.1.0',
    api: 1,
    now,
    began: BEGAN,
    processes: [
      {
        id: PROCESS,
        pid: 4242,
        name: 'shop',
        started: BEGAN - 5000,
        exe: '/usr/local/bin/shop',
        go_version: 'go1.26.8',
        probe: 'kernel',
        joined: BEGAN,
      },
    ],
    cost: [
      {
        process: PROCESS,
        share: 0.0041,
        budget: 0.01,
        sampled_every: every,
        keys: true,
        reads: true,
        ring_fill: 0.03,
      },
    ],
    events: 7_812_440,
    lost: { ring_full: 0, output_slow: 0, sinks: [] },
    store: { bytes: 48_300_000, oldest: BEGAN },
    notices: [{ at: BEGAN, message: 'shop (pid 4242) is audited by 11 kernel probes' }],
  };
}
