import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { ApiEvent } from '../../src/protocol/api.ts';
import type { Span } from '../state/view.ts';
import { clock, counted, OPS } from '../text/show.ts';
import { timeLabels } from './options.ts';

const ROW = 26;
const LEFT = 62;

/** Where each event of a key lies in time, a row for each operation. The table beneath it has them all. */
export function KeyLife({
  events,
  span,
}: {
  readonly events: readonly ApiEvent[];
  readonly span: Span;
}): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const target = box.current;
    if (target === null) return;
    const watcher = new ResizeObserver(() => setWidth(target.clientWidth));
    watcher.observe(target);
    return () => watcher.disconnect();
  }, []);
  const ops = OPS.filter((op) => events.some((event) => event.op === op));
  const x = (at: number): number => LEFT + ((at - span.from) / (span.to - span.from)) * (width - LEFT - 12);
  const height = ops.length * ROW + 26;
  const words = ops.map((op) => counted(events.filter((event) => event.op === op).length, op));
  const ticks = ticksOf(span, Math.max(2, Math.floor(width / 130)));
  return (
    <div ref={box} className="life">
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={`When the key was touched, ${clock(span.from)} to ${clock(span.to)}: ${words.join(', ')}.`}
      >
        {width > 0 &&
          ops.map((op, row) => (
            <g key={op} className={`ink-${op}`}>
              <text x={0} y={row * ROW + 17} className="life-op">
                {op}
              </text>
              <line x1={LEFT} x2={width - 12} y1={row * ROW + 13} y2={row * ROW + 13} className="life-rail" />
              {events
                .filter((event) => event.op === op)
                .map((event, i) => (
                  <Dot key={i} event={event} x={x(Date.parse(event.time))} y={row * ROW + 13} />
                ))}
            </g>
          ))}
        {width > 0 &&
          ticks.map((at) => (
            <text key={at} x={x(at)} y={height - 6} className="life-tick" textAnchor="middle">
              {timeLabels([at], span.to - span.from > 600_000 ? 60_000 : 1000)[0]}
            </text>
          ))}
      </svg>
      <p className="note" aria-hidden="true">
        ● found its key, or inserted it anew · ○ not: a delete of what was not there, an assign that replaced
      </p>
    </div>
  );
}

/** Filled: it changed which keys there are. */
function Dot({
  event,
  x,
  y,
}: {
  readonly event: ApiEvent;
  readonly x: number;
  readonly y: number;
}): ReactNode {
  const changed = event.op === 'assign' ? event.found === false : event.found !== false;
  return (
    <circle
      cx={x}
      cy={y}
      r={4.5}
      fill={changed ? 'currentColor' : 'var(--card)'}
      stroke="currentColor"
      strokeWidth="1.75"
    />
  );
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];

/** Round times, as many as there is room for. */
function ticksOf({ from, to }: Span, room: number): number[] {
  const step = (STEPS.find((one) => (to - from) / 1000 / one <= room) ?? 604_800) * 1000;
  const zone = new Date(from).getTimezoneOffset() * 60_000;
  const ticks = [];
  for (let at = Math.ceil((from - zone) / step) * step + zone; at <= to; at += step) ticks.push(at);
  return ticks;
}
