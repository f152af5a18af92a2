import { type ReactNode, useSyncExternalStore } from 'react';
import { useHub, useHubState } from '../state/use_hub.ts';
import { grouped, perSecond } from '../text/show.ts';

const WIDTH = 96;
const HEIGHT = 22;

/** All operations of the processes that are watched: what is counted at this moment. */
function Counted(): ReactNode {
  const hub = useHub();
  const operations = useSyncExternalStore(hub.subscribeCounted, hub.counted);
  if (operations === undefined) return null;
  return (
    <span
      className="num counted"
      aria-hidden="true"
      title="operations of the processes that this page has heard of, from when they were watched"
    >
      {grouped(operations)}
    </span>
  );
}

/** Operations a second of the last minute, as they come in: whether this page is alive. */
export function Pulse(): ReactNode {
  const { windows, link } = useHubState();
  const rates = windows.map(({ operations, ms }) =>
    operations === undefined ? undefined : (operations * 1000) / ms,
  );
  const highest = rates.reduce<number>((most, one) => Math.max(most, one ?? 0), 1);
  const step = WIDTH / 59;
  const begin = WIDTH - (rates.length - 1) * step;
  const points = rates.flatMap((one, i) =>
    one === undefined
      ? []
      : [`${(begin + i * step).toFixed(1)},${(HEIGHT - 2 - (one / highest) * (HEIGHT - 4)).toFixed(1)}`],
  );
  const last = rates.at(-1);
  return (
    <div className="pulse">
      <span className={`dot ${link}`} aria-hidden="true" />
      <span className="num">
        {link === 'gone' ? 'not connected' : last === undefined ? unknown(windows.length) : perSecond(last)}
      </span>
      {link === 'on' && <Counted />}
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
        <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth="1.5" />
      </svg>
    </div>
  );
}

const unknown = (windows: number): string => (windows === 0 ? 'waiting' : 'not counted');
