import { type ReactNode, useEffect, useState } from 'react';
import { useChange } from '../state/use_view.ts';
import { useHub, useHubState, useProcessName } from '../state/use_hub.ts';
import type { Span, View } from '../state/view.ts';
import { durationText, parseDuration } from '../text/duration.ts';
import { clock, lasting, moment, OPS, zoneName } from '../text/show.ts';
import { shifted, zoomed } from '../state/moves.ts';

const PRESETS = ['5m', '15m', '1h', '6h', '1d', '7d'] as const;

/** Which time, of which process, which operations: every part of the page follows. */
export function RangeBar({
  view,
  span,
}: {
  readonly view: View;
  readonly span: Span | undefined;
}): ReactNode {
  const hub = useHub();
  const change = useChange(view);
  const { range } = view;
  return (
    <section className="range-bar" aria-label="What is shown">
      <div className="segments" role="group" aria-label="Time">
        {PRESETS.map((text) => (
          <button
            type="button"
            key={text}
            aria-pressed={range.type === 'last' && durationText(range.ms) === text}
            onClick={() => change({ range: { type: 'last', ms: parseDuration(text) ?? 900_000 } })}
          >
            {text}
          </button>
        ))}
      </div>
      <div className="segments" role="group" aria-label="Move in time">
        <button
          type="button"
          title="Earlier ( [ )"
          onClick={() => span && change({ range: shifted(span, -1) })}
        >
          <span aria-hidden="true">←</span>
          <span className="unseen">Earlier</span>
        </button>
        <button
          type="button"
          title="Later ( ] )"
          onClick={() => span && change({ range: shifted(span, 1, hub.now()) })}
        >
          <span aria-hidden="true">→</span>
          <span className="unseen">Later</span>
        </button>
        <button
          type="button"
          title="Longer ( - )"
          onClick={() => span && change({ range: zoomed(span, 2, hub.now()) })}
        >
          <span aria-hidden="true">−</span>
          <span className="unseen">Longer span</span>
        </button>
        <button
          type="button"
          title="Shorter ( + )"
          onClick={() => span && change({ range: zoomed(span, 0.5, hub.now()) })}
        >
          <span aria-hidden="true">+</span>
          <span className="unseen">Shorter span</span>
        </button>
      </div>
      <SpanText view={view} span={span} />
      <Narrowed view={view} />
    </section>
  );
}

/** The times themselves; opened, they can be typed. */
function SpanText({ view, span }: { readonly view: View; readonly span: Span | undefined }): ReactNode {
  const change = useChange(view);
  const { status } = useHubState();
  const isOver = status?.recording?.whole === true;
  const live = view.range.type === 'last' && !isOver;
  return (
    <>
      <details className="span" key={JSON.stringify(view.range)}>
        <summary>
          {span === undefined ? (
            'last ' + (view.range.type === 'last' ? durationText(view.range.ms) : '')
          ) : (
            <span className="num">
              {moment(span.from)} – {live ? 'now' : moment(span.to, span.from)}{' '}
              <span className="note">
                {lasting(span.to - span.from)} · {zoneName(span.to)}
              </span>
            </span>
          )}
        </summary>
        {span !== undefined && (
          <SpanForm span={span} onSpan={(given) => change({ range: { type: 'span', ...given } })} />
        )}
      </details>
      {live && <span className="badge live">live</span>}
      {!live && !isOver && (
        <button
          type="button"
          className="badge"
          title="Follow what happens ( . )"
          onClick={() => change({ range: { type: 'last', ms: 900_000 } })}
        >
          go live
        </button>
      )}
    </>
  );
}

const two = (n: number): string => String(n).padStart(2, '0');

/** What an input of a local time takes. */
function inputText(ms: number): string {
  const at = new Date(ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${clock(ms)}`;
}

export function SpanForm({
  span,
  onSpan,
}: {
  readonly span: Span;
  readonly onSpan: (span: Span) => void;
}): ReactNode {
  const [from, setFrom] = useState(inputText(span.from));
  const [to, setTo] = useState(inputText(span.to));
  const [wrong, setWrong] = useState(false);
  const given = { from: new Date(from).getTime(), to: new Date(to).getTime() };
  useEffect(() => setWrong(false), [from, to]);
  return (
    <form
      className="span-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (given.to > given.from) onSpan(given);
        else setWrong(true);
      }}
    >
      <label>
        From{' '}
        <input
          type="datetime-local"
          step="1"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
      </label>
      <label>
        To <input type="datetime-local" step="1" value={to} onChange={(event) => setTo(event.target.value)} />
      </label>
      <button type="submit">Show</button>
      {wrong && <p role="alert">The end must come after the beginning.</p>}
    </form>
  );
}

/** Process and operation as lists to choose from. */
function Narrowed({ view }: { readonly view: View }): ReactNode {
  const change = useChange(view);
  const { status } = useHubState();
  const nameOf = useProcessName();
  const processes = status?.processes ?? [];
  const known = view.process === undefined || processes.some(({ id }) => id === view.process);
  const opMatters = view.page !== 'query';
  return (
    <div className="narrowed">
      <label>
        <span className="unseen">Process</span>
        <select
          value={view.process ?? ''}
          onChange={(event) => change({ process: event.target.value || undefined })}
        >
          <option value="">all processes</option>
          {!known && <option value={view.process}>{nameOf(view.process ?? '')}, not known here</option>}
          {processes.map((process) => (
            <option key={process.id} value={process.id}>
              {nameOf(process.id)}
              {process.left === undefined ? '' : ', ended'}
            </option>
          ))}
        </select>
      </label>
      {opMatters && (
        <label>
          <span className="unseen">Operation</span>
          <select
            value={view.op ?? ''}
            onChange={(event) => change({ op: OPS.find((op) => op === event.target.value) })}
          >
            <option value="">all operations</option>
            {OPS.map((op) => (
              <option key={op} value={op}>
                {op}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}
