import { type ReactNode, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { ApiEvents } from '../../src/protocol/api.ts';
import { CAPACITY, Tail, type TailState } from '../state/tail.ts';
import { useAnswer } from '../state/use_answer.ts';
import { useChange } from '../state/use_view.ts';
import type { View } from '../state/view.ts';
import { grouped } from '../text/show.ts';
import { EventList } from '../ui/event_list.tsx';
import { Filters } from '../ui/filters.tsx';
import { Answer, Empty, Panel } from '../ui/panel.tsx';
import { Trouble } from '../ui/trouble.tsx';
import { type PageProps, timeParams } from './page.ts';

/** The most that the server gives at once. */
const LIMIT = 1000;

/** Single events: as they happen, or those that were kept of a time that is over. */
export function LivePage({ view, span }: PageProps): ReactNode {
  const change = useChange(view);
  return (
    <>
      <h1 className="unseen">Events</h1>
      <Filters view={view} onFilter={change} />
      {view.range.type === 'last' ? <Following view={view} /> : <Kept view={view} span={span} />}
    </>
  );
}

/** The filters as both addresses take them. */
const filterParams = (view: View): Record<string, string | number | undefined> => ({
  process: view.process,
  op: view.op,
  map: view.mapPattern,
  site: view.sitePattern,
  key: view.keyGlob,
  goid: view.goid,
});

function Following({ view }: { readonly view: View }): ReactNode {
  const tail = useMemo(() => new Tail(), []);
  const state = useSyncExternalStore(tail.subscribe, tail.snapshot);
  const [paused, setPaused] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const filter = JSON.stringify(filterParams(view));
  useEffect(() => {
    const stop = new AbortController();
    tail.listen(filterParams(view), stop.signal);
    return () => stop.abort();
    // The filter's text says when there is another one.
  }, [tail, filter]);
  const still = paused || scrolled;
  useEffect(() => tail.stand(still), [tail, still]);
  return (
    <Panel title="As they happen" note={<Received state={state} />}>
      {state.error !== undefined && <Trouble error={state.error} />}
      <div className="tail-bar">
        <button
          type="button"
          id="pause"
          aria-pressed={paused}
          aria-keyshortcuts="p"
          onClick={() => setPaused((on) => !on)}
        >
          {paused ? 'Go on' : 'Pause'}
        </button>
        <p role="status" className="tail-state">
          {paused ? 'Paused. ' : scrolled ? 'Standing still while you read. ' : ''}
          {still && state.waiting > 0 ? `${grouped(state.waiting)} newer are waiting.` : ''}
        </p>
        <ToTop hidden={!scrolled} />
      </div>
      {state.events.length === 0 && state.error === undefined ? (
        <Empty>
          Nothing that fits has happened yet. Without any filter every write and growth is shown as it
          happens; of reads those that the service counts.
        </Empty>
      ) : (
        <EventList events={state.events} view={view} onScrolled={setScrolled} />
      )}
    </Panel>
  );
}

/** Shown and skipped: together they are all that matched. */
function Received({ state }: { readonly state: TailState }): ReactNode {
  return (
    <span className="received">
      <span className="num" data-count="received">
        {grouped(state.received)}
      </span>{' '}
      received
      {state.received > CAPACITY && `, the newest ${grouped(CAPACITY)} in the list`}
      {' · '}
      <span className={state.skipped > 0 ? 'less' : ''}>
        <span className="num" data-count="skipped">
          {grouped(state.skipped)}
        </span>{' '}
        skipped{state.skipped > 0 ? ', too many to show each' : ''}
      </span>
    </span>
  );
}

function ToTop({ hidden }: { readonly hidden: boolean }): ReactNode {
  if (hidden) return null;
  return (
    <button
      type="button"
      onClick={() => {
        document.querySelector('.tail-scroll')?.scrollTo({ top: 0 });
      }}
    >
      To the newest
    </button>
  );
}

function Kept({ view, span }: PageProps): ReactNode {
  const answered = useAnswer(
    'events',
    { ...filterParams(view), map_type: view.mapType, limit: LIMIT },
    timeParams(span),
  );
  return (
    <Panel title="Events of this time" note="those that were kept, newest first">
      <Answer of={answered}>{(answer) => <KeptList view={view} answer={answer} />}</Answer>
    </Panel>
  );
}

function KeptList({ view, answer }: { readonly view: View; readonly answer: ApiEvents }): ReactNode {
  const events = useMemo(
    () =>
      answer.events
        .toSorted((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0))
        .map((event, i, all) => ({ n: all.length - 1 - i, event })),
    [answer],
  );
  if (events.length === 0)
    return (
      <Empty>No event that fits was kept in this time. Counts are on the overview: these are exact.</Empty>
    );
  return (
    <>
      <p className="note">
        {grouped(events.length)} shown
        {answer.left > 0 &&
          `, ${grouped(answer.left)} more were kept: narrow the time or the filters to see them`}
        .
      </p>
      <EventList events={events} view={view} onScrolled={() => undefined} />
    </>
  );
}
