import { type ReactNode, useMemo } from 'react';
import type { ApiFinding, ApiOverview } from '../../src/protocol/api.ts';
import { uncountedText } from '../../src/protocol/text/uncounted.ts';
import type { Mark } from '../chart/options.ts';
import { RateChart } from '../chart/rate_chart.tsx';
import { recordedMs } from '../chart/rates.ts';
import { marked } from '../state/moves.ts';
import { useAnswer } from '../state/use_answer.ts';
import { useHub } from '../state/use_hub.ts';
import { useChange } from '../state/use_view.ts';
import { counted, grouped } from '../text/show.ts';
import { Findings } from '../ui/findings.tsx';
import { Answer, Panel } from '../ui/panel.tsx';
import { TopMaps, TopSites } from '../ui/tops.tsx';
import { type PageProps, sliceParams, timeParams } from './page.ts';

/** How all of it goes: rates, what rules found, and the busiest lines and maps. */
export function OverviewPage({ view, span }: PageProps): ReactNode {
  const answered = useAnswer('overview', sliceParams(view), timeParams(span));
  return <Answer of={answered}>{(answer) => <Overview view={view} span={span} answer={answer} />}</Answer>;
}

function Overview({ view, answer }: PageProps & { readonly answer: ApiOverview }): ReactNode {
  const hub = useHub();
  const change = useChange(view);
  const asked = { from: answer.slice.from, to: answer.slice.to };
  const marks = useMemo(() => answer.findings.map(markOf), [answer.findings]);
  const firing = answer.findings.filter(({ state }) => state === 'firing').length;
  const isEmpty = answer.rates.series.length === 0;
  const total = answer.rates.series.reduce((sum, series) => sum + series.total, answer.rates.other);
  return (
    <>
      <h1 className="unseen">Overview</h1>
      <div className="beside">
        <Panel
          title="Operations per second"
          // Where nothing was recorded, nobody knows that nothing happened.
          note={
            isEmpty
              ? undefined
              : `${grouped(total)} in this time, ${answer.loss.uncounted.length === 0 ? 'exact' : 'as far as it was counted'}`
          }
          className="grow"
        >
          <RateChart
            label="Operations per second, by operation"
            rates={answer.rates}
            span={asked}
            marks={marks}
            height={230}
            onSpan={(marking) => change({ range: marked(marking) })}
          />
          {(!isEmpty || answer.loss.uncounted.length > 0) && <Loss loss={answer.loss} />}
        </Panel>
        <Panel
          title="Findings"
          note={firing === 0 ? 'none is firing' : `${counted(firing, 'finding')} firing`}
          className="side"
        >
          <Findings findings={answer.findings} view={view} now={hub.now()} />
        </Panel>
      </div>
      <div className="halves">
        <Panel title="Busiest lines" note="who does it">
          <TopSites
            label="Busiest lines"
            sites={answer.sites}
            left={answer.sites_left}
            view={view}
            recordedMs={recordedMs(answer.rates)}
          />
        </Panel>
        <Panel title="Busiest maps" note="to what">
          <TopMaps
            label="Busiest maps"
            maps={answer.maps}
            left={answer.maps_left}
            view={view}
            recordedMs={recordedMs(answer.rates)}
          />
        </Panel>
      </div>
    </>
  );
}

/** Counted, but without an event: keys and stacks are known of the others only. */
function Loss({ loss }: { readonly loss: ApiOverview['loss'] }): ReactNode {
  if (loss.uncounted.length > 0) return <Uncounted loss={loss} />;
  if (loss.ring_full === 0 && loss.sampled === 0)
    return <p className="note">Every operation in this time has its event, with key and stack.</p>;
  return (
    <p className="note">
      Counted, but without an event of their own: {grouped(loss.sampled)} left out by sampling
      {loss.ring_full > 0 && <strong>, {grouped(loss.ring_full)} lost because a ring was full</strong>}.
    </p>
  );
}

/** Gaps in the picture above: nobody knows what happened then. */
function Uncounted({ loss }: { readonly loss: ApiOverview['loss'] }): ReactNode {
  return (
    <p className="note">
      <strong>Not counted, to keep to the budget: </strong>
      {uncountedText(loss.uncounted)}. The picture has gaps there, and sums are of what was counted.
    </p>
  );
}

const markOf = ({ severity, since, last_seen }: ApiFinding): Mark => ({
  at: since,
  until: last_seen,
  color: severity,
});
