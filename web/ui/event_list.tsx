import { memo, type ReactNode, useEffect, useRef, useState } from 'react';
import type { ApiEvent } from '../../src/protocol/api.ts';
import type { Numbered } from '../state/tail.ts';
import { linked, fragmentOf, type View } from '../state/view.ts';
import { clock, grouped } from '../text/show.ts';
import { Goroutine, outcome } from './event_table.tsx';
import { KeyLink, Op, SiteLink } from './links.tsx';
import { Name } from './name.tsx';

/** Heights of a row in the style sheet: one line, or where there is little room two. */
const ONE_LINE = 28;
const TWO_LINES = 52;
const BEYOND = 8;

const COLUMNS = ['Time', 'Operation', 'Map', 'Key', 'Outcome', 'Entries', 'Goroutine', 'Line'] as const;

interface ListProps {
  readonly events: readonly Numbered[];
  readonly view: View;
  /** Whether the newest is out of sight. */
  readonly onScrolled: (scrolled: boolean) => void;
}

/** Thousands of rows, of which only those in sight are in the page. */
export function EventList({ events, view, onScrolled }: ListProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [size, setSize] = useState({ height: 560, narrow: false });
  useEffect(() => {
    const target = box.current;
    if (target === null) return;
    const watcher = new ResizeObserver(() =>
      setSize({ height: target.clientHeight, narrow: target.clientWidth < 760 }),
    );
    watcher.observe(target);
    return () => watcher.disconnect();
  }, []);
  const rowHeight = size.narrow ? TWO_LINES : ONE_LINE;
  const first = Math.max(0, Math.floor(top / rowHeight) - BEYOND);
  const shown = events.slice(first, first + Math.ceil(size.height / rowHeight) + 2 * BEYOND);
  return (
    <div
      ref={box}
      className={`tail-scroll ${size.narrow ? 'narrow' : ''}`}
      tabIndex={0}
      role="region"
      aria-label="Events, newest first"
      onScroll={(event) => {
        setTop(event.currentTarget.scrollTop);
        onScrolled(event.currentTarget.scrollTop > rowHeight);
      }}
    >
      <div role="table" aria-label="Events" aria-rowcount={events.length + 1} className="tail">
        <div role="rowgroup">
          <div role="row" aria-rowindex={1} className="tail-row tail-head">
            {COLUMNS.map((name) => (
              <span role="columnheader" key={name} className={`col-${name.toLowerCase()}`}>
                {name}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="tail-body" style={{ height: events.length * rowHeight }}>
          {shown.map(({ n, event }, i) => (
            <div
              role="row"
              key={n}
              aria-rowindex={first + i + 2}
              className="tail-row"
              style={{ transform: `translateY(${(first + i) * rowHeight}px)` }}
            >
              <Cells event={event} view={view} />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

const Cells = memo(function Cells({
  event,
  view,
}: {
  readonly event: ApiEvent;
  readonly view: View;
}): ReactNode {
  const about: Partial<View> = { process: event.process, mapType: event.map.type };
  return (
    <>
      <span role="cell" className="col-time num">
        {clock(Date.parse(event.time), true)}
      </span>
      <span role="cell" className="col-operation">
        <Op op={event.op} />
      </span>
      <span role="cell" className="col-map">
        {event.map.type !== undefined && (
          <a href={fragmentOf(linked(view, 'map', { ...about, map: event.map.address }))}>
            <Name text={event.map.type} title={event.map.type} />
          </a>
        )}
      </span>
      <span role="cell" className="col-key">
        <Key event={event} view={view} about={about} />
      </span>
      <span
        role="cell"
        className={`col-outcome ${event.op === 'delete' && event.found === false ? 'less' : ''}`}
      >
        {outcome(event)}
      </span>
      <span role="cell" className="col-entries num">
        {event.len === undefined ? '' : grouped(event.len)}
      </span>
      <span role="cell" className="col-goroutine">
        <Goroutine event={event} />
      </span>
      <span role="cell" className="col-line">
        {event.site !== undefined && <SiteLink site={event.site} view={view} />}
      </span>
    </>
  );
});

function Key(props: {
  readonly event: ApiEvent;
  readonly view: View;
  readonly about: Partial<View>;
}): ReactNode {
  const { key } = props.event;
  if (key === undefined) return '';
  if (key.text !== undefined) {
    if (key.truncated === true)
      return (
        <span>
          <Name text={key.text} />…
        </span>
      );
    return <KeyLink text={key.text} view={props.view} about={props.about} />;
  }
  return <span className="place">{key.hash === undefined ? 'unreadable' : `hash ${key.hash}`}</span>;
}
