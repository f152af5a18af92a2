import type { MapOp } from '../protocol/map_op.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import { clock, counted, grouped, rate } from '../protocol/text/numbers.ts';
import { targetLabel } from '../protocol/text/labels.ts';
import { printable } from '../protocol/text/printable.ts';
import { joined, segment, spread, type Line } from './line.ts';
import { VIEWS, type UiState } from './ui_state.ts';

/** Three lines: what is looked at, how busy it is, and what the table shows. */
export function headerLines(
  snapshot: Snapshot,
  ui: UiState,
  ops: readonly MapOp[],
  width: number,
): readonly Line[] {
  return [targetLine(snapshot, ui, width), rateLine(snapshot, ui, ops, width), choiceLine(ui, width)];
}

function targetLine(snapshot: Snapshot, ui: UiState, width: number): Line {
  const state = ui.paused ? [segment(' PAUSED ', 'invert')] : [segment(clock(snapshot.elapsed_ms), 'dim')];
  return spread(targetName(snapshot), state, width);
}

function targetName({ targets }: Snapshot): Line {
  const [first, ...others] = targets;
  if (first === undefined) return [segment('waiting for a process', 'bold')];
  const name = segment(targetLabel(first), 'bold');
  if (others.length > 0) return [name, segment(` and ${counted(others.length, 'other')}`)];
  return [
    name,
    segment(` ${printable(first.go_version)} ${first.flavour} · ${counted(first.probes, 'probe')}`, 'dim'),
  ];
}

function rateLine(snapshot: Snapshot, ui: UiState, ops: readonly MapOp[], width: number): Line {
  const sums = new Map<MapOp, number>();
  for (const { op, rate: one } of snapshot.counters) sums.set(op, (sums.get(op) ?? 0) + one);
  const total = [...sums.values()].reduce((sum, one) => sum + one, 0);
  const parts = ops.map((op): Line => {
    if (ui.hidden.has(op)) return [segment(`${op} hidden`, 'dim')];
    return [segment(op, op), segment(` ${rate(sums.get(op) ?? 0)}`)];
  });
  const lost = segment(`${grouped(snapshot.lost)} lost`, snapshot.lost > 0 ? 'bad' : 'dim');
  return spread(joined([[segment(`${rate(total)}/s`, 'bold')], ...parts]), [lost], width);
}

function choiceLine(ui: UiState, width: number): Line {
  const views = VIEWS.map((view, i): Line => {
    return [segment(` ${i + 1} ${view} `, view === ui.view ? 'invert' : 'dim')];
  });
  const sort: Line = [segment('by ', 'dim'), segment(ui.sort)];
  return spread(joined([...views, filterText(ui)], ' '), sort, width);
}

function filterText(ui: UiState): Line {
  if (ui.typing) return [segment(`/${printable(ui.filter)}`, 'bold'), segment(' ', 'invert')];
  return ui.filter === '' ? [] : [segment(`/${printable(ui.filter)}`, 'warn')];
}
