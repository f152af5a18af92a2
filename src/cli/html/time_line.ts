import type { MapOp } from '../../model/map_op.ts';
import type { IncidentReport, RateSeries, ReportMark } from '../../protocol/report.ts';
import { grouped, rate } from '../../protocol/text/numbers.ts';
import { html, type Html } from './html.ts';
import { clockText, OP_WORDS } from '../../protocol/text/words.ts';

const WIDTH = 1000;
const LEFT = 64;
const RIGHT = 12;
const ROW = 76;
const GAP = 26;
const TOP = 22;
const MARK_ROW = 26;
/** Points of a row: more than a screen has columns is no gain. */
const MOST_POINTS = 1000;

/** One row an operation, each with its own scale, all over the same time; marks stand below. */
export function timeLine(report: IncidentReport): Html {
  const { rates, marks, from, to } = report;
  if (rates.length === 0 || to <= from) return html`<p class="none">No operation was counted.</p>`;
  const x = (ms: number): number => LEFT + ((ms - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const kinds = (['growth', 'race', 'loss', 'clock'] as const).filter((kind) =>
    marks.some((one) => one.kind === kind),
  );
  const rowsEnd = TOP + rates.length * (ROW + GAP);
  const height = rowsEnd + kinds.length * MARK_ROW + 26;
  const ticks = ticksOf(from, to);
  return html`<div class="chart">
    <svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Operations a second over time">
      ${ticks.map((at) => html`<line class="grid" x1="${fixed(x(at))}" x2="${fixed(x(at))}" y1="${TOP - 6}" y2="${height - 22}" /><text class="tick" x="${fixed(x(at))}" y="${height - 6}" text-anchor="middle">${clockText(at)}</text>`)}
      ${profileBand(report, x, height)} ${rates.map((series, i) => row(series, i, report, x))}
      ${kinds.map((kind, i) => markRow(kind, rowsEnd + i * MARK_ROW, report, x))}
    </svg>
  </div>`;
}

function row({ op, runs }: RateSeries, i: number, report: IncidentReport, x: (ms: number) => number): Html {
  const y = TOP + i * (ROW + GAP);
  const step = Math.max(1, Math.ceil((report.to - report.from) / 1000 / MOST_POINTS));
  const pieces = runs.map(({ at, counts }) => ({ at, counts: means(counts, step) }));
  const highest = Math.max(1, ...pieces.flatMap(({ counts }) => counts));
  const yOf = (count: number): number => y + ROW - (count / highest) * (ROW - 4);
  const xOf = (at: number, point: number): string => fixed(x(at + point * step * 1000));
  const points = (at: number, counts: readonly number[]): string =>
    counts
      .map((count, i) => `${xOf(at, i)},${fixed(yOf(count))} ${xOf(at, i + 1)},${fixed(yOf(count))}`)
      .join(' ');
  const changes = report.changes.filter((change) => change.op === op);
  return html`<g class="op-${op}"
    ><text class="name" x="${LEFT}" y="${y - 5}">${OP_WORDS[op]}</text>
    <text class="tick" x="${LEFT - 6}" y="${y + 8}" text-anchor="end">${rate(highest)}/s</text
    ><text class="tick" x="${LEFT - 6}" y="${y + ROW}" text-anchor="end">0</text>
    <line class="base" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y + ROW}" y2="${y + ROW}" />
    ${pieces.map(
      (piece) =>
        html`<polygon
            class="area"
            points="${xOf(piece.at, 0)},${y + ROW} ${points(piece.at, piece.counts)} ${xOf(piece.at, piece.counts.length)},${y + ROW}"
          /><polyline class="line" points="${points(piece.at, piece.counts)}" />`,
    )}
    ${changes.map(
      ({ at, before, after }) =>
        html`<line class="change" x1="${fixed(x(at))}" x2="${fixed(x(at))}" y1="${y - 2}" y2="${y + ROW}"
            ><title>${clockText(at)}: ${rate(before)}/s before, ${rate(after)}/s after</title></line
          ><text
            class="change-text"
            x="${fixed(Math.min(Math.max(x(at) - 60, LEFT + 80), WIDTH - 170))}"
            y="${y - 5}"
            >${clockText(at)} ${rate(before)} → ${rate(after)}/s</text
          >`,
    )}</g
  >`;
}

/** Means of so many values each. */
function means(values: readonly number[], step: number): number[] {
  const length = Math.ceil(values.length / step);
  return Array.from({ length }, (_, i) => {
    const part = values.slice(i * step, (i + 1) * step);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

const MARK_WORDS = { growth: 'growth', race: 'races', loss: 'lost', clock: 'clock set' } as const;

function markRow(
  kind: ReportMark['kind'],
  y: number,
  { marks }: IncidentReport,
  x: (ms: number) => number,
): Html {
  const own = marks.filter((mark) => mark.kind === kind);
  return html`<g class="mark-${kind}"
    ><text class="tick" x="${LEFT - 6}" y="${y + 15}" text-anchor="end">${MARK_WORDS[kind]}</text>
    ${own.map((mark) => html`<line class="mark" x1="${fixed(x(mark.at))}" x2="${fixed(x(mark.at))}" y1="${y + 4}" y2="${y + 18}"><title>${clockText(mark.at)} ${mark.text}</title></line>`)}</g
  >`;
}

/** When the CPU profile was taken. */
function profileBand({ profile, from, to }: IncidentReport, x: (ms: number) => number, height: number): Html {
  if (profile?.from === undefined || profile.to === undefined || profile.overlaps !== true) return html``;
  const [start, end] = [x(Math.max(from, profile.from)), x(Math.min(to, profile.to))];
  return html`<rect
      class="profile"
      x="${fixed(start)}"
      width="${fixed(Math.max(1, end - start))}"
      y="${TOP - 16}"
      height="${height - TOP - 6}"
      ><title>CPU profile</title></rect
    ><text class="tick" x="${fixed(start + 3)}" y="${TOP - 10}">CPU profile</text>`;
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];

/** At most eight, at round times. */
function ticksOf(from: number, to: number): number[] {
  const step = (STEPS.find((s) => (to - from) / 1000 / s <= 8) ?? 86_400) * 1000;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step)
    if (at > from + (to - from) * 0.03 && at < to - (to - from) * 0.03) ticks.push(at);
  return ticks;
}

const fixed = (n: number): string => n.toFixed(1);

/** `12,345 deletes` */
export const totalText = (op: MapOp, total: number): string => `${grouped(total)} ${OP_WORDS[op]}`;
