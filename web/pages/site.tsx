import type { ReactNode } from 'react';
import type { ApiSitePage } from '../../src/protocol/api.ts';
import { Flame } from '../chart/flame.tsx';
import { RateChart } from '../chart/rate_chart.tsx';
import { recordedMs } from '../chart/rates.ts';
import { marked } from '../state/moves.ts';
import { useAnswer } from '../state/use_answer.ts';
import { useChange } from '../state/use_view.ts';
import { counted, grouped, printable, shortFunction } from '../text/show.ts';
import { Facts } from '../ui/facts.tsx';
import { Name } from '../ui/name.tsx';
import { Answer, Empty, Panel } from '../ui/panel.tsx';
import { Source } from '../ui/source.tsx';
import { TopKeys, TopMaps } from '../ui/tops.tsx';
import { type PageProps, sliceParams, timeParams } from './page.ts';

/** One line of the program: what it does to which maps, on which keys, and who calls it. */
export function SitePage({ view, span }: PageProps): ReactNode {
  const answered = useAnswer(
    'site',
    view.site === undefined ? undefined : sliceParams(view),
    timeParams(span),
  );
  if (view.site === undefined) return <Empty>This address names no line. Choose one on the overview.</Empty>;
  return <Answer of={answered}>{(answer) => <Site view={view} span={span} answer={answer} />}</Answer>;
}

function Site({ view, span, answer }: PageProps & { readonly answer: ApiSitePage }): ReactNode {
  const change = useChange(view);
  const { site, rates } = answer;
  const total = rates.series.reduce((sum, series) => sum + series.total, rates.other);
  const sampled = answer.stacks.reduce((sum, stack) => sum + stack.sampled, 0);
  return (
    <>
      <header className="subject">
        <p className="kind">Line</p>
        <h1>
          <bdi>{shortFunction(site.function)}</bdi>
        </h1>
        <Facts
          facts={[
            ['File', site.file === undefined ? undefined : <bdi>{printable(placeOf(answer))}</bdi>],
            ['Function', <Name text={site.function} />],
            ['Operations', grouped(total)],
          ]}
        />
      </header>
      <div className="halves">
        <Panel title="Operations per second" note="exact">
          <RateChart
            label="Operations per second from this line"
            rates={rates}
            span={span}
            onSpan={(marking) => change({ range: marked(marking) })}
          />
        </Panel>
        <Panel title="Source" {...(answer.source === undefined ? {} : { note: placeOf(answer) })}>
          <Source site={site} source={answer.source} />
        </Panel>
      </div>
      <Panel
        title="Who calls it"
        note={`${counted(sampled, 'stack')} sampled; the line on top, its callers beneath`}
      >
        <Flame stacks={answer.stacks} left={answer.stacks_left} view={view} />
      </Panel>
      <div className="halves">
        <Panel title="Maps" note="exact">
          <TopMaps label="Maps" maps={answer.maps} view={view} recordedMs={recordedMs(answer.rates)} />
        </Panel>
        <Panel title="Keys" note="touched most, sampled">
          <TopKeys label="Keys" keys={answer.keys} view={view} about={keyAbout(answer)} />
        </Panel>
      </div>
    </>
  );
}

/** Where the line touches maps of one type only, a key is one of that type. */
function keyAbout({ maps }: ApiSitePage): { mapType?: string } {
  const types = new Set(maps.map((map) => map.map_type));
  const [only] = types;
  return types.size === 1 && only !== undefined ? { mapType: only } : {};
}

const placeOf = ({ site }: ApiSitePage): string =>
  `${site.file ?? ''}${site.line === undefined ? '' : `:${site.line}`}`;
