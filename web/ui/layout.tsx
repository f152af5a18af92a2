import { type ReactNode, useState } from 'react';
import type { ApiLayout } from '../../src/protocol/api.ts';
import { Slots } from '../chart/slots.tsx';
import { useAnswer } from '../state/use_answer.ts';
import { counted, grouped, percent } from '../text/show.ts';
import { Answer, Empty, Panel } from './panel.tsx';

interface LayoutProps {
  readonly process: string;
  readonly map: string | undefined;
}

/** How the slots of the map are filled at this moment: it is read from the program's memory when asked. */
export function LayoutPanel({ process, map }: LayoutProps): ReactNode {
  const [look, setLook] = useState(0);
  const answered = useAnswer('layout', map === undefined ? undefined : { process, map }, {}, look);
  return (
    <Panel title="Slots" note="as they are now, of the memory of the process">
      {map === undefined ? (
        <Empty>These are all maps of a type. Choose one by its address to see its slots.</Empty>
      ) : (
        <>
          <Answer of={answered}>{(answer) => <Layout layout={answer} />}</Answer>
          <button type="button" onClick={() => setLook((n) => n + 1)}>
            Look again
          </button>
        </>
      )}
    </Panel>
  );
}

function Layout({ layout }: { readonly layout: ApiLayout }): ReactNode {
  const unit = layout.kind === 'swiss' ? 'group' : 'bucket';
  const load = layout.slots === 0 ? 0 : layout.entries / layout.slots;
  const chained = layout.groups.filter(({ overflow }) => overflow !== undefined && overflow > 0).length;
  const words = [
    `${counted(layout.entries, 'entry', 'entries')} in ${counted(layout.slots, 'slot')}, ${percent(load)} full`,
    layout.tombstones > 0 ? counted(layout.tombstones, 'tombstone') : '',
    chained > 0 ? `${counted(chained, unit)} with overflow` : '',
    layout.every > 1 ? `each cell stands for ${layout.every} ${unit}s` : `each cell is a ${unit} of 8 slots`,
  ].filter((text) => text !== '');
  return (
    <>
      <Slots layout={layout} label={`Picture of how full each ${unit} is: ${words.join('; ')}.`} />
      <p className="note">{words.join(' · ')}</p>
      <Fullness layout={layout} unit={unit} />
    </>
  );
}

/** How many groups have so many full slots: the picture in numbers. */
function Fullness({ layout, unit }: { readonly layout: ApiLayout; readonly unit: string }): ReactNode {
  const counts = Array.from({ length: 9 }, () => 0);
  for (const { full } of layout.groups) {
    const slot = Math.min(8, Math.round(full / layout.every));
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  return (
    <details className="chart-table">
      <summary>As a table</summary>
      <table>
        <thead>
          <tr>
            <th scope="col" className="num">
              Full slots
            </th>
            <th scope="col" className="num">
              {layout.every > 1 ? 'Cells' : `${unit}s`}
            </th>
          </tr>
        </thead>
        <tbody>
          {counts.map((count, full) => (
            <tr key={full}>
              <th scope="row" className="num">
                {full}
              </th>
              <td className="num">{grouped(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
