import { type ReactNode, useMemo } from 'react';
import type { ApiGrowth, ApiMap } from '../../src/protocol/api.ts';
import { Chart } from '../chart/chart.tsx';
import type { Line, Mark } from '../chart/options.ts';
import { RateChart } from '../chart/rate_chart.tsx';
import { recordedMs } from '../chart/rates.ts';
import { marked } from '../state/moves.ts';
import { useAnswer } from '../state/use_answer.ts';
import { useProcessName } from '../state/use_hub.ts';
import { useChange } from '../state/use_view.ts';
import type { Span, View } from '../state/view.ts';
import { bytes, counted, grouped, lasting, moment } from '../text/show.ts';
import { Facts } from '../ui/facts.tsx';
import { Growth } from '../ui/growth.tsx';
import { LayoutPanel } from '../ui/layout.tsx';
import { Name } from '../ui/name.tsx';
import { Answer, Empty, Panel } from '../ui/panel.tsx';
import { TopKeys, TopSites } from '../ui/tops.tsx';
import { type PageProps, sliceParams, timeParams } from './page.ts';

/** One map, or all of a type: its size, its growth, and who does what to it. */
export function MapPage({ view, span }: PageProps): ReactNode {
  const named = view.map !== undefined || view.mapType !== undefined;
  const answered = useAnswer('map', named ? sliceParams(view) : undefined, timeParams(span));
  if (!named) return <Empty>This address names no map. Choose one on the overview.</Empty>;
  return <Answer of={answered}>{(answer) => <OneMap view={view} span={span} answer={answer} />}</Answer>;
}

function OneMap({ view, span, answer }: PageProps & { readonly answer: ApiMap }): ReactNode {
  const change = useChange(view);
  const onSpan = (marking: Span): void => change({ range: marked(marking) });
  const about: Partial<View> = { process: answer.process, mapType: answer.map_type, map: answer.map };
  // Neither the address names its program, nor does anything that was seen of it.
  if (answer.process === '')
    return (
      <Empty>
        Nothing of this map was recorded in this time. Take a longer span, or choose another one on the
        overview.
      </Empty>
    );
  return (
    <>
      <MapHead answer={answer} span={span} />
      <div className="halves">
        <Panel title="Size" note={sizeNote(answer)}>
          <SizeChart answer={answer} span={span} onSpan={onSpan} />
        </Panel>
        <Panel title="Operations per second" note="exact">
          <RateChart
            label="Operations per second on this map"
            rates={answer.rates}
            span={span}
            onSpan={onSpan}
          />
        </Panel>
      </div>
      <div className="halves">
        <Panel title="Writers" note="lines that insert, delete and clear">
          <TopSites
            label="Writers"
            sites={answer.writers}
            view={view}
            recordedMs={recordedMs(answer.rates)}
            typed={false}
          />
        </Panel>
        <Panel title="Readers" note="lines that look up and iterate">
          {answer.readers.length === 0 ? (
            <Empty>
              No reads are counted in this time. They are counted only where the budget allows it.
            </Empty>
          ) : (
            <TopSites
              label="Readers"
              sites={answer.readers}
              view={view}
              recordedMs={recordedMs(answer.rates)}
              typed={false}
            />
          )}
        </Panel>
      </div>
      <div className="halves">
        <LayoutPanel process={answer.process} map={answer.map} />
        <Panel title="Keys" note="touched most, sampled">
          <TopKeys label="Keys" keys={answer.keys} view={view} about={about} />
        </Panel>
      </div>
      <Panel
        title="Growth"
        note={`${counted(answer.growth.length + answer.growth_left, 'step')} in this time`}
      >
        <Growth growth={answer.growth} left={answer.growth_left} view={view} />
      </Panel>
    </>
  );
}

function MapHead({ answer, span }: { readonly answer: ApiMap; readonly span: Span }): ReactNode {
  const nameOf = useProcessName();
  const last = answer.sizes.at(-1);
  const total = answer.rates.series.reduce((sum, series) => sum + series.total, answer.rates.other);
  return (
    <header className="subject">
      <p className="kind">{answer.map === undefined ? 'All maps of a type' : 'Map'}</p>
      <h1>
        <Name text={answer.name ?? answer.map_type} />
      </h1>
      <Facts
        facts={[
          ['Type', answer.name === undefined ? undefined : <Name text={answer.map_type} />],
          ['Address', answer.map],
          ['Process', <Name text={nameOf(answer.process)} />],
          ['Entries', last && grouped(last.entries)],
          ['Size', last?.bytes === undefined ? undefined : bytes(last.bytes)],
          ['Of it waste', last?.waste_bytes === undefined ? undefined : bytes(last.waste_bytes)],
          ['Seen last', last && moment(last.at, span.to)],
          ['Operations', grouped(total)],
        ]}
      />
    </header>
  );
}

function sizeNote({ sizes, growth }: ApiMap): string {
  const looks = counted(sizes.length, 'look');
  return growth.length === 0 ? looks : `${looks} · ▼ it grew`;
}

/** Entries and bytes as they were found, with a mark at each growth. */
function SizeChart(props: {
  readonly answer: ApiMap;
  readonly span: Span;
  readonly onSpan: (span: Span) => void;
}): ReactNode {
  const { answer, span, onSpan } = props;
  const { sizes, growth } = answer;
  const times = useMemo(() => sizes.map(({ at }) => at), [sizes]);
  const lines = useMemo(() => sizeLines(sizes), [sizes]);
  const marks = useMemo(() => growth.map(markOf), [growth]);
  if (sizes.length === 0)
    return (
      <Empty>
        Nobody has looked at its size in this time. Maps are measured every few seconds while their process is
        audited.
      </Empty>
    );
  return (
    <Chart
      label={`Size of the map over ${lasting(span.to - span.from)}, with ${counted(growth.length, 'growth')}`}
      times={times}
      lines={lines}
      span={span}
      marks={marks}
      format={grouped}
      formatRight={bytes}
      onSpan={onSpan}
    />
  );
}

function sizeLines(sizes: ApiMap['sizes']): Line[] {
  const entries: Line = { name: 'entries', color: 'c1', points: sizes.map((size) => size.entries) };
  if (sizes.every((size) => size.bytes === undefined)) return [entries];
  const right = { right: true, bare: true } as const;
  return [
    entries,
    { ...right, name: 'bytes', color: 'c2', dash: [6, 3], points: sizes.map((size) => size.bytes ?? null) },
    {
      ...right,
      name: 'waste',
      color: 'c3',
      dash: [2, 3],
      points: sizes.map((size) => size.waste_bytes ?? null),
    },
  ];
}

const markOf = ({ at, op }: ApiGrowth): Mark => ({ at, color: op === 'clear' ? 'clear' : 'grow' });
