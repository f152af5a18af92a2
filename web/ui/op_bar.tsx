import type { ReactNode } from 'react';
import type { ApiCount } from '../../src/protocol/api.ts';
import { grouped, OPS, percent } from '../text/show.ts';

/** How the operations of a row divide, and beside the largest row how many they are. */
export function OpBar({
  counts,
  most,
}: {
  readonly counts: readonly ApiCount[];
  readonly most: number;
}): ReactNode {
  let x = 0;
  const parts = OPS.flatMap((op) => {
    const count = counts.find((one) => one.op === op)?.count ?? 0;
    if (count === 0 || most === 0) return [];
    const width = (count / most) * 100;
    const at = x;
    x += width;
    return [
      <rect key={op} className={`ink-${op}`} fill="currentColor" x={at} y="0" width={width} height="8" />,
    ];
  });
  return (
    <svg className="op-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect className="rail" x="0" y="0" width="100" height="8" />
      {parts}
    </svg>
  );
}

/** `delete 1,240 (12 % found nothing) · assign 980` */
export function OpCounts({ counts }: { readonly counts: readonly ApiCount[] }): ReactNode {
  const known = OPS.flatMap((op) => counts.filter((count) => count.op === op && count.count > 0));
  return (
    <span className="op-counts">
      {known.map((count, i) => (
        <span key={count.op} className="op-count">
          {i > 0 ? ' ' : ''}
          <span className={`op ink-${count.op}`}>{count.op}</span>{' '}
          <span className="num">{grouped(count.count)}</span>
          <Missed count={count} />
        </span>
      ))}
    </span>
  );
}

function Missed({ count }: { readonly count: ApiCount }): ReactNode {
  const known = (count.found ?? 0) + (count.not_found ?? 0);
  if (known === 0 || count.not_found === undefined || count.not_found === 0 || count.op !== 'delete')
    return null;
  return <span className="note"> {percent(count.not_found / known)} found nothing</span>;
}
