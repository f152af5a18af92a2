import type uPlot from 'uplot';
import { moment } from '../text/show.ts';
import { colorOf } from './colors.ts';

/** One line of a chart; the points stand over `times` of the chart. */
export interface Line {
  readonly name: string;
  /** Name of a colour in the style sheet, `delete`. */
  readonly color: string;
  readonly dash?: readonly number[];
  readonly points: readonly (number | null)[];
  /** It has the axis on the right, with its own unit. */
  readonly right?: boolean;
  /** Without the faint area beneath. */
  readonly bare?: boolean;
}

/** Something that happened at a time, or lasted. */
export interface Mark {
  readonly at: number;
  readonly until?: number;
  readonly color: string;
}

const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const DAY = 86_400_000;
const two = (n: number): string => String(n).padStart(2, '0');

/** `12:05`, or with seconds, or the day: as fine as the distance between two of them. */
export function timeLabels(splits: readonly number[], distance: number): string[] {
  return splits.map((at) => {
    const date = new Date(at);
    const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`;
    if (distance >= DAY) return day;
    if (minutes === '00:00' && distance >= 60_000) return `${minutes}\n${day}`;
    return distance >= 60_000 ? minutes : `${minutes}:${two(date.getSeconds())}`;
  });
}

/** `+1:30` since the beginning, where two ranges lie over each other. */
export function offsetLabels(splits: readonly number[]): string[] {
  return splits.map((at) => {
    const seconds = Math.round(at / 1000);
    const hours = Math.floor(seconds / 3600);
    const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    return hours === 0 ? `+${rest}` : `+${hours}:${rest}`;
  });
}

/** What a chart is made of; `now` is asked at each drawing. */
export interface ChartMaking {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
  readonly now: () => { readonly from: number; readonly to: number; readonly marks: readonly Mark[] };
  readonly offsets: boolean;
  readonly left: (value: number) => string;
  readonly right: (value: number) => string;
  readonly moved: (index: number | undefined) => void;
  readonly selected: ((from: number, to: number) => void) | undefined;
}

export function chartOptions(making: ChartMaking): uPlot.Options {
  const { lines, now } = making;
  return {
    width: making.width,
    height: making.height,
    ms: 1,
    padding: [10, 24, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: making.selected !== undefined, y: false, setScale: false },
      points: { size: 6 },
      ...(making.offsets ? {} : { sync: { key: 'time' } }),
    },
    scales: {
      x: { time: !making.offsets, range: () => [now().from, now().to] },
      y: { range: (_, __, max) => [0, roof(max)] },
      right: { range: (_, __, max) => [0, roof(max)] },
    },
    axes: axesOf(making),
    series: [{}, ...lines.map(seriesOf)],
    hooks: {
      drawClear: [(chart) => drawBands(chart, now().marks)],
      draw: [(chart) => drawMarks(chart, now().marks)],
      setCursor: [(chart) => making.moved(chart.cursor.idx ?? undefined)],
      setSelect: [(chart) => selected(chart, making.selected)],
    },
  };
}

/** Never a scale without height; a little air above the highest point. */
const roof = (max: number | null): number => (max === null || max <= 0 ? 1 : max * 1.08);

function axesOf({ lines, offsets, left, right }: ChartMaking): uPlot.Axis[] {
  const look = {
    stroke: colorOf('dim'),
    font: FONT,
    grid: { stroke: colorOf('grid'), width: 1 },
    ticks: { stroke: colorOf('grid'), width: 1, size: 4 },
  };
  const x: uPlot.Axis = {
    ...look,
    size: 30,
    space: 72,
    values: (_, splits, __, ___, distance) => (offsets ? offsetLabels(splits) : timeLabels(splits, distance)),
  };
  const y: uPlot.Axis = { ...look, size: 52, space: 36, values: (_, splits) => splits.map(left) };
  if (!lines.some((line) => line.right === true)) return [x, y];
  return [
    x,
    y,
    {
      ...look,
      scale: 'right',
      // The package's enum is one that only its own compiler can see.
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
      side: 1,
      size: 58,
      grid: { show: false },
      values: (_, splits) => splits.map(right),
    },
  ];
}

function seriesOf(line: Line): uPlot.Series {
  const color = colorOf(line.color);
  return {
    label: line.name,
    scale: line.right === true ? 'right' : 'y',
    stroke: color,
    width: 1.75,
    dash: [...(line.dash ?? [])],
    ...(line.bare === true ? {} : { fill: `color-mix(in srgb, ${color} 9%, transparent)` }),
    points: { show: (chart, _, from, to) => to - from < 2 && chart.data[0].length < 4 },
    spanGaps: false,
  };
}

function selected(chart: uPlot, tell: ((from: number, to: number) => void) | undefined): void {
  const { left, width } = chart.select;
  if (width < 4 || tell === undefined) return;
  const from = chart.posToVal(left, 'x');
  const to = chart.posToVal(left + width, 'x');
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  tell(from, to);
}

/** How long something lasted: a strip along the top, which hides no curve. */
function drawBands(chart: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = chart;
  for (const { at, until, color } of marks) {
    if (until === undefined) continue;
    const left = Math.max(bbox.left, chart.valToPos(at, 'x', true));
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(until, 'x', true));
    if (right <= left) continue;
    ctx.save();
    ctx.globalAlpha = 0.5;
    ctx.fillStyle = colorOf(color);
    ctx.fillRect(left, bbox.top, right - left, 3 * devicePixelRatio);
    ctx.restore();
  }
}

/** A line from top to bottom with a head that can be seen above any curve. */
function drawMarks(chart: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = chart;
  const size = 4 * devicePixelRatio;
  ctx.save();
  for (const { at, color } of marks) {
    const x = Math.round(chart.valToPos(at, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colorOf(color);
    ctx.fillStyle = ctx.strokeStyle;
    ctx.globalAlpha = 0.55;
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    ctx.beginPath();
    ctx.moveTo(x - size, bbox.top - size);
    ctx.lineTo(x + size, bbox.top - size);
    ctx.lineTo(x, bbox.top + size);
    ctx.fill();
  }
  ctx.restore();
}

/** `12:01:33`, or `+1:30`. */
export const timeText = (at: number, offsets: boolean): string =>
  offsets ? (offsetLabels([at])[0] ?? '') : moment(at);
