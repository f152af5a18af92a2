import type { MapOp } from '../../model/map_op.ts';
import type { FamilySpec } from './family.ts';

/** Labels by which processes are told apart. */
const PROCESS = ['process', 'pid', 'container'] as const;
const OF_TYPE = [...PROCESS, 'type'] as const;

/** From a microsecond to ten seconds. */
const SECONDS = [
  1e-6, 1e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

const operation = <Op extends string>(op: Op, what: string) => ({
  name: `map_${op}_total` as const,
  kind: 'counter' as const,
  help: `${what}, counted exactly, also where events are sampled.`,
  labels: OF_TYPE,
  unit: '{operation}',
});

/** Every family that there can be, by what it is called in Prometheus. */
export const SPECS = [
  operation('delete', 'Deletes from maps'),
  operation('assign', 'Inserts and updates of maps'),
  operation('access', 'Reads of maps'),
  operation('clear', 'Clears of maps'),
  operation('iterate', 'Loops over maps that began'),
  {
    name: 'map_grow_total',
    kind: 'counter',
    help: 'Growths of maps (new buckets, tables replaced or split) by what caused them.',
    labels: [...OF_TYPE, 'trigger'],
    unit: '{growth}',
  },
  {
    name: 'map_grow_seconds',
    kind: 'histogram',
    help: 'How long steps of growth took; of a classic map, from the new buckets to the last old one that was moved.',
    labels: [...PROCESS, 'op'],
    unit: 's',
    bounds: SECONDS,
  },
  {
    name: 'map_migrated_bytes_total',
    kind: 'counter',
    help: 'Bytes of keys and elements that growth moved, as far as they are known.',
    labels: OF_TYPE,
    unit: 'By',
  },
  {
    name: 'map_instances',
    kind: 'gauge',
    help: 'Maps that were found in the memory of the process when it was last looked at.',
    labels: OF_TYPE,
    unit: '{map}',
  },
  {
    name: 'map_entries',
    kind: 'gauge',
    help: 'Entries of all maps of the type, when they were last looked at.',
    labels: OF_TYPE,
    unit: '{entry}',
  },
  {
    name: 'map_bytes',
    kind: 'gauge',
    help: 'Bytes of all maps of the type, without what their keys and elements point to.',
    labels: OF_TYPE,
    unit: 'By',
  },
  {
    name: 'map_waste_bytes',
    kind: 'gauge',
    help: 'Of map_bytes: empty slots, tombstones and overflow.',
    labels: OF_TYPE,
    unit: 'By',
  },
  {
    name: 'map_key_entropy',
    kind: 'gauge',
    help: 'Entropy, in bits, of what keys begin with, estimated from events of the last 15 to 30 seconds.',
    labels: [...OF_TYPE, 'op'],
    unit: 'bit',
  },
  {
    name: 'map_race_total',
    kind: 'counter',
    help: 'Races on maps that were seen.',
    labels: [...OF_TYPE, 'kind'],
    unit: '{race}',
  },
  {
    name: 'mapaudit_events_total',
    kind: 'counter',
    help: 'Events that came from the probes of a process.',
    labels: PROCESS,
    unit: '{event}',
  },
  {
    name: 'mapaudit_lost_total',
    kind: 'counter',
    help: 'Events that were lost, by cause. Counters of operations are exact nevertheless.',
    labels: ['cause'],
    unit: '{event}',
  },
  {
    name: 'mapaudit_sampled_out_total',
    kind: 'counter',
    help: 'Operations of which no event was kept, on purpose.',
    labels: [],
    unit: '{event}',
  },
  {
    name: 'mapaudit_overhead_ratio',
    kind: 'gauge',
    help: "Share of the process's CPU time that its probes took.",
    labels: PROCESS,
    unit: '1',
  },
  {
    name: 'mapaudit_overhead_budget_ratio',
    kind: 'gauge',
    help: 'What mapaudit_overhead_ratio is kept under.',
    labels: PROCESS,
    unit: '1',
  },
  {
    name: 'mapaudit_ring_fill_ratio',
    kind: 'gauge',
    help: 'Fill of the fullest ring of a process.',
    labels: PROCESS,
    unit: '1',
  },
  {
    name: 'mapaudit_sampled_every',
    kind: 'gauge',
    help: 'One event in so many operations is kept.',
    labels: PROCESS,
    unit: '{operation}',
  },
  {
    name: 'mapaudit_keys_captured',
    kind: 'gauge',
    help: '1 while keys are captured, 0 while the budget does not allow it.',
    labels: PROCESS,
    unit: '1',
  },
  {
    name: 'mapaudit_reads_counted',
    kind: 'gauge',
    help: '1 while reads are counted, 0 while the budget does not allow it.',
    labels: PROCESS,
    unit: '1',
  },
  {
    name: 'mapaudit_paused',
    kind: 'gauge',
    help: '1 while nothing is counted, to keep to the budget: counters of operations stand still then, 0 otherwise.',
    labels: PROCESS,
    unit: '1',
  },
  {
    name: 'mapaudit_uncounted_seconds_total',
    kind: 'counter',
    help: 'Time in which operations were not counted, to keep to the budget: all of them, or reads alone.',
    labels: [...PROCESS, 'ops'],
    unit: 's',
  },
  {
    name: 'mapaudit_maps_left_out',
    kind: 'gauge',
    help: 'Maps of a process that are beyond those of which map_entries and the like are made.',
    labels: PROCESS,
    unit: '{map}',
  },
  {
    name: 'mapaudit_processes',
    kind: 'gauge',
    help: 'Processes that are audited.',
    labels: [],
    unit: '{process}',
  },
  {
    name: 'mapaudit_findings_firing',
    kind: 'gauge',
    help: 'Findings that are firing now.',
    labels: ['rule', 'severity'],
    unit: '{finding}',
  },
  {
    name: 'mapaudit_findings_total',
    kind: 'counter',
    help: 'Findings that have fired.',
    labels: ['rule', 'severity'],
    unit: '{finding}',
  },
  {
    name: 'mapaudit_other_total',
    kind: 'counter',
    help: 'Items that were counted under "other", since there are more names than series may have.',
    labels: ['label'],
    unit: '{item}',
  },
  {
    name: 'mapaudit_window_end_timestamp_seconds',
    kind: 'gauge',
    help: 'Unix time at which the last window ended that is counted here.',
    labels: [],
    unit: 's',
  },
] as const satisfies readonly FamilySpec[];

export type SeriesName = (typeof SPECS)[number]['name'];

/** Where an operation is counted; growth is counted by its steps, which know why. */
export const OP_FAMILIES: Readonly<Record<Exclude<MapOp, 'grow'>, SeriesName>> = {
  delete: 'map_delete_total',
  assign: 'map_assign_total',
  access: 'map_access_total',
  clear: 'map_clear_total',
  iterate: 'map_iterate_total',
};
