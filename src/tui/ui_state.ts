import type { MapOp } from '../protocol/map_op.ts';

/** By what the table sums up. */
export type View = 'site' | 'map' | 'type' | 'key';
export const VIEWS: readonly View[] = ['site', 'map', 'type', 'key'];

export type Sort = 'rate' | 'count' | 'name';

/** What the user chose to see. Nothing of it reaches the agent, except that the key view needs keys. */
export interface UiState {
  readonly view: View;
  readonly sort: Sort;
  readonly filter: string;
  /** The filter is being typed. */
  readonly typing: boolean;
  readonly paused: boolean;
  readonly help: boolean;
  readonly hidden: ReadonlySet<MapOp>;
  /** First row shown. */
  readonly scroll: number;
  /** `quit` once, `kill` when asked again before the probes were out. */
  readonly leaving: 'no' | 'quit' | 'kill';
}

export const INITIAL_UI: UiState = {
  view: 'site',
  sort: 'rate',
  filter: '',
  typing: false,
  paused: false,
  help: false,
  hidden: new Set(),
  scroll: 0,
  leaving: 'no',
};

/** The letter that shows and hides each operation. */
export const OP_KEYS: Readonly<Record<MapOp, string>> = {
  delete: 'd',
  assign: 'a',
  clear: 'l',
  grow: 'g',
  access: 'e',
  iterate: 'i',
};
