import type { ReactNode } from 'react';
import { useLeftOut } from '../state/use_view.ts';
import { PAGES } from '../state/view.ts';
import { Name } from './name.tsx';

/** A link that could not be followed whole is said to have been: what is seen is not what it meant. */
export function LeftOut(): ReactNode {
  const parts = useLeftOut();
  if (parts.length === 0) return null;
  return (
    <div className="trouble" role="alert">
      <p>
        Not understood in the address:{' '}
        {parts.map((part, i) => (
          <span key={part}>
            {i > 0 && ', '}
            <code>
              <Name text={part} />
            </code>
          </span>
        ))}
        . What is shown is without it.
      </p>
      <p className="note">
        Pages are {PAGES.join(', ')}; times are written last=15m, or
        from=2026-03-01T12:00:00Z&to=2026-03-01T13:00:00Z.
      </p>
    </div>
  );
}
