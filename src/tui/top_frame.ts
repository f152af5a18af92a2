import type { MapOp } from '../protocol/map_op.ts';
import type { Notice } from '../protocol/notice.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import type { EndReason } from '../protocol/summary.ts';
import { printable } from '../protocol/text/printable.ts';
import { helpLines } from './help.ts';
import { clipped, segment, type Line } from './line.ts';
import { headerLines } from './top_header.ts';
import { tableLines } from './top_table.ts';
import type { UiState } from './ui_state.ts';

/** All that the screen is made from. */
export interface ScreenState {
  readonly snapshot: Snapshot | undefined;
  readonly notice: Notice | undefined;
  readonly ui: UiState;
  readonly ops: readonly MapOp[];
}

export interface ScreenSize {
  readonly width: number;
  readonly height: number;
}

const KEYS = '1-4 view · r c n sort · / filter · space pause · ? help · q quit';
const HEADER = 3;
const FOOTER = 1;

/** The whole screen: exactly `height` lines, none wider than `width`. */
export function topFrame(state: ScreenState, size: ScreenSize): readonly Line[] {
  const room = Math.max(0, size.height - FOOTER);
  const body = state.ui.help ? helpLines(state.ops) : bodyLines(state, size.width, room);
  const shown = body.slice(0, room);
  const fill = Array.from({ length: room - shown.length }, (): Line => []);
  return [...shown, ...fill, footerLine(state)].map((line) => clipped(line, size.width));
}

/** What stays on the terminal after the end: the frame without the empty lines and without the keys. */
export function lastFrame(state: ScreenState, size: ScreenSize): readonly Line[] {
  if (state.snapshot === undefined) return [];
  const body = bodyLines(
    { ...state, ui: { ...state.ui, help: false, typing: false, paused: false } },
    size.width,
    size.height,
  );
  return body.slice(0, size.height).map((line) => clipped(line, size.width));
}

function bodyLines({ snapshot, ui, ops }: ScreenState, width: number, room: number): readonly Line[] {
  if (snapshot === undefined) return [[segment('Attaching …', 'dim')]];
  const size = { width, height: Math.max(2, room - HEADER - 1) };
  return [...headerLines(snapshot, ui, ops, width), [], ...tableLines(snapshot, ui, size)];
}

/** Why a run is over, in one line. */
const ENDED: Readonly<Record<EndReason, string>> = {
  'target-exited': 'The program has ended. These are its last numbers.',
  'target-exec': 'The process has become another program (exec). These are the last numbers.',
  done: 'That was all.',
  duration: 'The time is over.',
  count: 'Enough was seen.',
  'ctrl-c': 'Ended.',
};

function footerLine({ snapshot, notice, ui }: ScreenState): Line {
  if (snapshot?.ended !== undefined) return [segment(ENDED[snapshot.ended], 'warn')];
  if (ui.leaving !== 'no') return [segment('Taking the probes out …', 'dim')];
  if (ui.typing) return [segment('enter keeps the filter · escape takes it away', 'dim')];
  if (notice !== undefined)
    return [segment(printable(notice.message), notice.level === 'warning' ? 'warn' : 'dim')];
  return [segment(KEYS, 'dim')];
}
