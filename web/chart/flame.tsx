import flamegraph from 'd3-flame-graph';
import { select } from 'd3-selection';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { ApiSitePage } from '../../src/protocol/api.ts';
import { useDark } from '../state/settings.ts';
import type { View } from '../state/view.ts';
import { counted, grouped, percent } from '../text/show.ts';
import { DataTable } from '../ui/data_table.tsx';
import { SiteLink } from '../ui/links.tsx';
import { Empty } from '../ui/panel.tsx';
import { colorOf } from './colors.ts';
import { callerTree, depthOf, type Frame, packageShade } from './caller_tree.ts';

interface FlameProps {
  readonly stacks: ApiSitePage['stacks'];
  readonly left: number;
  readonly view: View;
}

const ROW = 22;

/** Who calls the line, as a flame graph that hangs from it; as a table beneath, for who cannot see it. */
export function Flame({ stacks, left, view }: FlameProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [told, setTold] = useState('');
  const dark = useDark();
  const tree = useMemo(() => callerTree(stacks), [stacks]);
  useEffect(() => {
    const target = box.current;
    if (target === null) return;
    const watcher = new ResizeObserver(() => setWidth(target.clientWidth));
    watcher.observe(target);
    return () => watcher.disconnect();
  }, [stacks.length === 0]);
  useEffect(() => {
    const target = box.current;
    if (target === null || width === 0 || tree === undefined) return;
    draw(target, tree, width, setTold);
    return () => target.replaceChildren();
  }, [tree, width, dark]);
  if (tree === undefined)
    return (
      <Empty>
        No stack of this line was kept in this time. Stacks come from sampled events; take a longer span.
      </Empty>
    );
  return (
    <>
      <div
        className="flame"
        ref={box}
        role="img"
        aria-label={`Flame graph of ${counted(tree.value, 'sampled stack')}; the table beneath has the same.`}
      />
      <p className="flame-told note" aria-hidden="true">
        {told === '' ? 'Point at a frame for its name and share; click to look closer.' : told}
      </p>
      {left > 0 && <p className="note">{counted(left, 'rarer stack')} left out.</p>}
      <StackTable stacks={stacks} total={tree.value} view={view} />
    </>
  );
}

function draw(target: HTMLElement, tree: Frame, width: number, tell: (text: string) => void): void {
  const shades = [1, 2, 3, 4].map((n) => colorOf(`flame-${n}`));
  const root = colorOf('flame-root');
  const text = ({ data, value }: { readonly data: Frame; readonly value: number }): string =>
    `${data.name}: ${grouped(value)} of ${grouped(tree.value)} sampled stacks, ${percent(value / tree.value)}`;
  const chart = flamegraph()
    .width(width)
    .cellHeight(ROW)
    .minHeight((depthOf(tree) + 1) * ROW)
    .height((depthOf(tree) + 1) * ROW)
    .inverted(true)
    .sort(true)
    .transitionDuration(0)
    .title('')
    .setLabelHandler(text)
    .setColorMapper(({ data, depth }) =>
      depth === 0 ? root : (shades[packageShade(data.name) % shades.length] ?? root),
    )
    .onHover((frame) => tell(text(frame)));
  target.replaceChildren();
  select(target).datum(structuredClone(tree)).call(chart);
  // The package lets its frames grow to their width; they have it at once.
  for (const frame of target.querySelectorAll('g.frame'))
    frame.querySelector('rect')?.setAttribute('width', frame.getAttribute('width') ?? '0');
}

/** Each stack with its share, callers after each other. */
function StackTable({
  stacks,
  total,
  view,
}: Omit<FlameProps, 'left'> & { readonly total: number }): ReactNode {
  return (
    <details className="chart-table">
      <summary>As a table</summary>
      <DataTable
        label="Stacks"
        rows={stacks}
        keyOf={(_, i) => String(i)}
        columns={[
          { name: 'Sampled', number: true, cell: (row) => grouped(row.sampled) },
          { name: 'Share', number: true, cell: (row) => percent(row.sampled / total) },
          {
            name: 'Stack, innermost first',
            cell: (row) => (
              <ol className="stack">
                {row.frames.map((frame, i) => (
                  <li key={i}>
                    <SiteLink site={frame} view={view} />
                  </li>
                ))}
              </ol>
            ),
          },
        ]}
      />
    </details>
  );
}
