import type { ReactNode } from 'react';
import type { ApiStatus } from '../../src/protocol/api.ts';
import { useHubState, useProcessName } from '../state/use_hub.ts';
import { bytes, clock, grouped, moment, percent, printable } from '../text/show.ts';
import { Name } from './name.tsx';

/** What is exact, what is sampled, what was lost, and what it costs: on every page, always. */
export function TruthStrip(): ReactNode {
  const { status, link, heard, trouble } = useHubState();
  if (status === undefined) return null;
  const lost = status.lost.ring_full + status.lost.output_slow;
  const paused = status.cost.some((cost) => cost.paused === true);
  return (
    <section className="truth" aria-label="What the numbers are of">
      {link === 'gone' && trouble?.kind === 'gone' && (
        <p className="gone" role="alert">
          <strong>mapaudit serve does not answer</strong>
          {heard === undefined ? '' : ` since ${clock(heard)}`}. What is shown is from before. If it has
          ended, start it again: <code>sudo mapaudit serve</code>
        </p>
      )}
      <ul>
        {paused ? <li className="bad">Nothing is counted just now</li> : <li>Counts are exact</li>}
        {status.to_come !== undefined && (
          <li className="less">
            <span className="num">{grouped(status.to_come)}</span> processes still to be looked at
          </li>
        )}
        <li>
          <span className="num">{grouped(status.events)}</span> events
        </li>
        <li className={lost > 0 ? 'bad' : ''}>
          <span className="num">{grouped(lost)}</span> lost{lost > 0 ? ` (${causes(status)})` : ''}
        </li>
        {status.cost.map((cost) => (
          <Cost key={cost.process} cost={cost} />
        ))}
        {status.recording !== undefined && <Recorded recording={status.recording} />}
        {status.store === undefined ? (
          <li className="soft">kept in memory only, for a while</li>
        ) : (
          <li className={status.store.trouble === undefined ? '' : 'bad'}>
            {status.store.trouble === undefined ? (
              <>
                store <span className="num">{bytes(status.store.bytes)}</span>
              </>
            ) : (
              <>
                store: <Name text={status.store.trouble} />
              </>
            )}
          </li>
        )}
      </ul>
      <Notices status={status} />
    </section>
  );
}

/** That no program is looked at, and which time is shown instead. */
function Recorded({
  recording: { file, from, to, whole, host, sampled_every: every = 1 },
}: {
  readonly recording: NonNullable<ApiStatus['recording']>;
}): ReactNode {
  return (
    <li className="less">
      recording <Name text={file} />
      {host === undefined ? '' : ' of '}
      {host !== undefined && <Name text={host} />},{' '}
      <span className="num">
        {moment(from)} – {moment(to, from)}
      </span>
      {every > 1 ? `, 1 event in ${grouped(every)} kept` : ''}
      {whole ? '' : ', not all of it has come yet'}
    </li>
  );
}

function causes({ lost }: ApiStatus): string {
  const texts = [];
  if (lost.ring_full > 0) texts.push(`${grouped(lost.ring_full)} ring full`);
  if (lost.output_slow > 0) texts.push(`${grouped(lost.output_slow)} output slow`);
  return texts.join(', ');
}

/** What was lowered in one process to keep to the budget. */
function Cost({ cost }: { readonly cost: ApiStatus['cost'][number] }): ReactNode {
  const nameOf = useProcessName();
  const lowered = [
    ...(cost.paused === true ? ['paused, nothing is counted'] : []),
    ...(cost.sampled_every > 1 ? [`1 event in ${grouped(cost.sampled_every)} kept`] : ['every event kept']),
    ...(cost.keys ? [] : ['no keys']),
    ...(cost.reads ? [] : ['reads not counted']),
  ];
  const less = cost.sampled_every > 1 || !cost.keys || !cost.reads || cost.paused === true;
  return (
    <li className={less ? 'less' : ''}>
      <Name text={nameOf(cost.process)} />: {lowered.join(', ')} · cost{' '}
      <span className="num">{percent(cost.share)}</span> of {percent(cost.budget)} · ring{' '}
      <span className="num">{percent(cost.ring_fill)}</span>
    </li>
  );
}

/** The newest that the server has to say; all of them on request. */
function Notices({ status }: { readonly status: ApiStatus }): ReactNode {
  const newest = status.notices.at(-1);
  if (newest === undefined) return null;
  return (
    <details className="notices">
      <summary>
        <span className="num">{clock(newest.at)}</span> {printable(newest.message)}
        {status.notices.length > 1 && <span className="note"> and {status.notices.length - 1} earlier</span>}
      </summary>
      <ul>
        {status.notices.toReversed().map((notice, i) => (
          <li key={i}>
            <span className="num">{clock(notice.at)}</span> {printable(notice.message)}{' '}
            {notice.hint !== undefined && <code>{printable(notice.hint)}</code>}
          </li>
        ))}
      </ul>
    </details>
  );
}
