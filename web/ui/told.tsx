import type { ReactNode } from 'react';
import { useHubState } from '../state/use_hub.ts';
import type { View } from '../state/view.ts';
import { clock, printable } from '../text/show.ts';
import { fragmentOf, linked } from '../state/view.ts';

/** The newest finding, told as it comes, on whatever page one is; read out when the reader has time. */
export function Told({ view }: { readonly view: View }): ReactNode {
  const { told } = useHubState();
  const newest = told.find(({ state }) => state === 'firing');
  return (
    <div role="status" className={newest === undefined ? 'unseen' : `told ${newest.severity}`}>
      {newest !== undefined && (
        <>
          <span className="num">{clock(newest.fired_at)}</span> <strong>{newest.severity}</strong>{' '}
          <bdi>{printable(newest.title)}</bdi>{' '}
          {view.page !== 'overview' && <a href={fragmentOf(linked(view, 'overview'))}>all findings</a>}
        </>
      )}
    </div>
  );
}
