import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { ApiLayout } from '../../src/protocol/api.ts';
import { useDark } from '../state/settings.ts';
import { colorOf, withAlpha } from './colors.ts';

const SLOTS = 8;
const SMALLEST = 6;
const LARGEST = 26;
const GAP = 1;

/** As large as the width allows, so that all of them fit a picture of some 260 pixels. */
export function cellSize(groups: number, width: number): number {
  const wanted = Math.floor(Math.sqrt((width * 260) / Math.max(1, groups)));
  return Math.min(LARGEST, Math.max(SMALLEST, wanted));
}

/** A cell for each group or bucket: filled from below by full slots, from above by deleted ones. */
export function Slots({ layout, label }: { readonly layout: ApiLayout; readonly label: string }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const dark = useDark();
  useEffect(() => {
    const target = box.current;
    if (target === null) return;
    const watcher = new ResizeObserver(() => setWidth(target.clientWidth));
    watcher.observe(target);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => {
    if (canvas.current !== null && width > 0) draw(canvas.current, layout, width);
  }, [layout, width, dark]);
  return (
    <>
      <div ref={box} className="slots">
        <canvas ref={canvas} role="img" aria-label={label} />
      </div>
      <p className="slots-key" aria-hidden="true">
        <span className="key-cell full" /> full <span className="key-cell deleted" /> deleted{' '}
        <span className="key-cell free" /> free{' '}
        {layout.kind === 'classic' && (
          <>
            <span className="key-cell chained" /> overflow
          </>
        )}
      </p>
    </>
  );
}

function draw(canvas: HTMLCanvasElement, layout: ApiLayout, width: number): void {
  const size = cellSize(layout.groups.length, width);
  const columns = Math.max(1, Math.floor(width / size));
  const rows = Math.ceil(layout.groups.length / columns);
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.max(1, Math.round(rows * size * ratio));
  canvas.style.width = `${width}px`;
  canvas.style.height = `${rows * size}px`;
  const ctx = canvas.getContext('2d');
  if (ctx === null) return;
  ctx.scale(ratio, ratio);
  const colors = {
    free: colorOf('slot-free'),
    full: colorOf('slot-full'),
    deleted: colorOf('slot-deleted'),
    chained: colorOf('grow'),
  };
  layout.groups.forEach((group, i) => {
    const x = (i % columns) * size;
    const y = Math.floor(i / columns) * size;
    const side = size - GAP;
    const slots = SLOTS * layout.every;
    const share = Math.min(1, group.full / slots);
    const deleted = Math.min(1 - share, group.deleted / slots);
    ctx.fillStyle = colors.free;
    ctx.fillRect(x, y, side, side);
    // The fuller the darker, too: at six pixels a height alone is hard to see.
    ctx.fillStyle = withAlpha(colors.full, 0.35 + 0.65 * share);
    ctx.fillRect(x, y + side * (1 - share), side, side * share);
    ctx.fillStyle = colors.deleted;
    ctx.fillRect(x, y, side, side * deleted);
    if (group.overflow === undefined || group.overflow === 0) return;
    ctx.strokeStyle = colors.chained;
    ctx.lineWidth = 1.5;
    ctx.strokeRect(x + 0.75, y + 0.75, side - 1.5, side - 1.5);
  });
}
