/** A panel: title, queries with their legends, and unit. */
interface PanelSpec {
  readonly title: string;
  readonly kind: 'timeseries';
  readonly unit: string;
  readonly queries: readonly (readonly [expr: string, legend: string])[];
  readonly description?: string;
}

const OPS = ['delete', 'assign', 'access', 'clear', 'iterate'] as const;
const WIDTH = 24;
const HEIGHT = 8;
const SOURCE = { type: 'prometheus', uid: '${source}' } as const;

/** All programs of a host or fleet. */
export function overviewDashboard(): object {
  return dashboard(
    'mapaudit-overview',
    'mapaudit: all programs',
    [],
    [
      {
        title: 'Operations',
        kind: 'timeseries',
        unit: 'ops',
        queries: OPS.map((op) => [`sum(rate(map_${op}_total[$__rate_interval]))`, op]),
      },
      {
        title: 'Findings that fire',
        kind: 'timeseries',
        unit: 'short',
        queries: [['sum by (rule, severity) (mapaudit_findings_firing)', '{{rule}} ({{severity}})']],
      },
      {
        title: 'Deletes by program',
        kind: 'timeseries',
        unit: 'ops',
        queries: [['topk(10, sum by (process) (rate(map_delete_total[$__rate_interval])))', '{{process}}']],
      },
      {
        title: 'Memory of maps by program',
        kind: 'timeseries',
        unit: 'bytes',
        queries: [['topk(10, sum by (process) (map_bytes))', '{{process}}']],
      },
      {
        title: 'Cost of mapaudit',
        kind: 'timeseries',
        unit: 'percentunit',
        queries: [
          ['max by (process) (mapaudit_overhead_ratio)', '{{process}}'],
          ['max(mapaudit_overhead_budget_ratio)', 'budget'],
        ],
      },
      {
        title: 'Events, and those that are lost',
        kind: 'timeseries',
        unit: 'ops',
        description: 'Counters of operations are exact whatever is lost or left out here.',
        queries: [
          ['sum(rate(mapaudit_events_total[$__rate_interval]))', 'events'],
          ['sum by (cause) (rate(mapaudit_lost_total[$__rate_interval]))', 'lost: {{cause}}'],
          ['rate(mapaudit_sampled_out_total[$__rate_interval])', 'left out by sampling'],
        ],
      },
      {
        title: 'Fill of rings',
        kind: 'timeseries',
        unit: 'percentunit',
        queries: [['max by (process) (mapaudit_ring_fill_ratio)', '{{process}}']],
      },
      {
        title: 'Counted under "other"',
        kind: 'timeseries',
        unit: 'ops',
        queries: [['rate(mapaudit_other_total[$__rate_interval])', '{{label}}']],
      },
    ],
  );
}

/** One program, type by type. */
export function programDashboard(): object {
  const of = '{process=~"$process"}';
  const rates = (name: string, by: string): string =>
    `topk(10, sum by (${by}) (rate(${name}${of}[$__rate_interval])))`;
  return dashboard(
    'mapaudit-program',
    'mapaudit: one program',
    [processVariable()],
    [
      {
        title: 'Deletes',
        kind: 'timeseries',
        unit: 'ops',
        queries: [[rates('map_delete_total', 'type'), '{{type}}']],
      },
      {
        title: 'Inserts and updates',
        kind: 'timeseries',
        unit: 'ops',
        queries: [[rates('map_assign_total', 'type'), '{{type}}']],
      },
      {
        title: 'Reads',
        kind: 'timeseries',
        unit: 'ops',
        queries: [[rates('map_access_total', 'type'), '{{type}}']],
      },
      {
        title: 'Entries',
        kind: 'timeseries',
        unit: 'short',
        queries: [[`topk(10, sum by (type) (map_entries${of}))`, '{{type}}']],
      },
      {
        title: 'Memory, and what of it is wasted',
        kind: 'timeseries',
        unit: 'bytes',
        queries: [
          [`topk(10, sum by (type) (map_bytes${of}))`, '{{type}}'],
          [`sum(map_waste_bytes${of})`, 'wasted, all types'],
        ],
      },
      {
        title: 'Growth',
        kind: 'timeseries',
        unit: 'ops',
        queries: [[rates('map_grow_total', 'type, trigger'), '{{type}} ({{trigger}})']],
      },
      {
        title: 'How long growth takes',
        kind: 'timeseries',
        unit: 's',
        queries: [
          [
            `histogram_quantile(0.99, sum by (le, op) (rate(map_grow_seconds_bucket${of}[$__rate_interval])))`,
            '99 % of {{op}}',
          ],
          [
            `sum by (op) (rate(map_grow_seconds_sum${of}[$__rate_interval])) / sum by (op) (rate(map_grow_seconds_count${of}[$__rate_interval]))`,
            'mean of {{op}}',
          ],
        ],
      },
      {
        title: 'Moved by growth',
        kind: 'timeseries',
        unit: 'Bps',
        queries: [[rates('map_migrated_bytes_total', 'type'), '{{type}}']],
      },
      {
        title: 'How evenly keys are spread (bits)',
        kind: 'timeseries',
        unit: 'short',
        description:
          'Entropy of what keys begin with. When most deletes go to one prefix, theirs falls towards 0; keys that all begin alike always have 0.',
        queries: [
          [
            `topk(10, max by (type, op) (map_key_entropy{process=~"$process", op="delete"}))`,
            '{{op}} {{type}}',
          ],
          [
            `topk(10, max by (type, op) (map_key_entropy{process=~"$process", op="assign"}))`,
            '{{op}} {{type}}',
          ],
        ],
      },
      {
        title: 'Races',
        kind: 'timeseries',
        unit: 'short',
        queries: [[`sum by (type, kind) (increase(map_race_total${of}[$__range]))`, '{{type}} {{kind}}']],
      },
      {
        title: 'Maps',
        kind: 'timeseries',
        unit: 'short',
        queries: [
          [`topk(10, sum by (type) (map_instances${of}))`, '{{type}}'],
          [`sum(mapaudit_maps_left_out${of})`, 'not looked at'],
        ],
      },
      {
        title: 'What is lowered to keep to the budget',
        kind: 'timeseries',
        unit: 'short',
        queries: [
          [`max by (pid) (mapaudit_sampled_every${of})`, 'one event in ({{pid}})'],
          [`min by (pid) (mapaudit_keys_captured${of})`, 'keys ({{pid}})'],
          [`min by (pid) (mapaudit_reads_counted${of})`, 'reads ({{pid}})'],
          [`max by (pid) (mapaudit_paused${of})`, 'nothing is counted ({{pid}})'],
        ],
      },
    ],
  );
}

function dashboard(
  uid: string,
  title: string,
  variables: readonly object[],
  panels: readonly PanelSpec[],
): object {
  return {
    uid,
    title,
    tags: ['mapaudit'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    timezone: 'browser',
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    templating: {
      list: [
        { name: 'source', label: 'Source', type: 'datasource', query: 'prometheus', current: {} },
        ...variables,
      ],
    },
    annotations: {
      list: [
        {
          name: 'Findings',
          enable: true,
          datasource: SOURCE,
          expr: 'changes(mapaudit_findings_total[1m]) > 0',
          titleFormat: '{{rule}}',
          iconColor: 'red',
        },
      ],
    },
    panels: panels.map(panel),
  };
}

function panel({ title, kind, unit, queries, description }: PanelSpec, i: number): object {
  const width = WIDTH / 2;
  return {
    id: i + 1,
    title,
    type: kind,
    ...(description === undefined ? {} : { description }),
    datasource: SOURCE,
    gridPos: { h: HEIGHT, w: width, x: (i % 2) * width, y: Math.floor(i / 2) * HEIGHT },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: {
      legend: { displayMode: 'list', placement: 'bottom' },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    targets: queries.map(([expr, legendFormat], n) => ({
      refId: String.fromCharCode(65 + n),
      datasource: SOURCE,
      expr,
      legendFormat,
    })),
  };
}

const processVariable = (): object => ({
  name: 'process',
  label: 'Program',
  type: 'query',
  datasource: SOURCE,
  query: { query: 'label_values(map_assign_total, process)', refId: 'process' },
  refresh: 2,
  multi: true,
  includeAll: true,
  current: {},
});
