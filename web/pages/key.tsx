import type { ReactNode } from 'react';
import type { ApiEvent, ApiKey } from '../../src/protocol/api.ts';
import { KeyLife } from '../chart/key_life.tsx';
import { useAnswer } from '../state/use_answer.ts';
import { counted, grouped, lasting, moment } from '../text/show.ts';
import { EventTable } from '../ui/event_table.tsx';
import { Facts } from '../ui/facts.tsx';
import { Name } from '../ui/name.tsx';
import { Answer, Empty, Panel } from '../ui/panel.tsx';
import { type PageProps, sliceParams, timeParams } from './page.ts';

/** As many steps of a life as a page can show. */
const LIMIT = 1000;

/** The life of one key: who put it there, who changed it, who took it out. */
export function KeyPage({ view, span }: PageProps): ReactNode {
  const { key } = view;
  const params = key === undefined ? undefined : { ...sliceParams(view), key, limit: LIMIT };
  const answered = useAnswer('key', params, timeParams(span));
  if (key === undefined) return <Empty>This address names no key. Choose one on the page of a map.</Empty>;
  return <Answer of={answered}>{(answer) => <Life view={view} span={span} answer={answer} />}</Answer>;
}

function Life({ view, span, answer }: PageProps & { readonly answer: ApiKey }): ReactNode {
  const { events } = answer;
  return (
    <>
      <header className="subject">
        <p className="kind">Key</p>
        <h1>
          <Name text={answer.key} />
        </h1>
        <Facts
          facts={[
            ['In', view.mapType === undefined ? undefined : <Name text={view.mapType} />],
            ['Events', grouped(events.length + answer.left)],
            [
              'Kept',
              answer.sampled_every > 1
                ? `at times 1 event in ${grouped(answer.sampled_every)}`
                : 'every event',
            ],
            ['Last', lastOf(events, span.to)],
            ['Lived', livedOf(events)],
          ]}
        />
        {answer.sampled_every > 1 && (
          <p className="less">
            In parts of this time only one event in {grouped(answer.sampled_every)} was kept: there may be
            steps of this life that are not shown. To see each: <code>mapaudit who</code>
          </p>
        )}
      </header>
      {events.length === 0 ? (
        <Empty type={`sudo mapaudit who -p PID --map MAP --key '${answer.key}'`}>
          No event of this key was kept in this time. Take a longer span, or watch it directly:
        </Empty>
      ) : (
        <>
          <Panel title="Life" note={counted(events.length, 'event')}>
            <KeyLife events={events} span={span} />
          </Panel>
          <Panel title="Events" note="newest first">
            <EventTable events={events} left={answer.left} view={view} />
          </Panel>
        </>
      )}
    </>
  );
}

const timeOf = (event: ApiEvent): number => Date.parse(event.time);

function lastOf(events: readonly ApiEvent[], beside: number): ReactNode {
  const last = newest(events);
  return last && `${last.op}, ${moment(timeOf(last), beside)}`;
}

const newest = (events: readonly ApiEvent[]): ApiEvent | undefined =>
  events.toSorted((a, b) => timeOf(a) - timeOf(b)).at(-1);

/** From the last assign that inserted to the delete that found it, where both were kept. */
function livedOf(events: readonly ApiEvent[]): string | undefined {
  const inOrder = events.toSorted((a, b) => timeOf(a) - timeOf(b));
  const end = inOrder.findLastIndex(({ op, found }) => op === 'delete' && found === true);
  if (end < 0) return undefined;
  const begin = inOrder.slice(0, end).findLast(({ op, found }) => op === 'assign' && found === false);
  const last = inOrder[end];
  return begin === undefined || last === undefined ? undefined : lasting(timeOf(last) - timeOf(begin));
}
