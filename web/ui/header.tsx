import type { ReactNode } from 'react';
import { useTheme } from '../state/settings.ts';
import { fragmentOf, linked, type Page, type View } from '../state/view.ts';
import { Pulse } from './pulse.tsx';

const TABS: readonly { readonly page: Page; readonly text: string; readonly key: string }[] = [
  { page: 'overview', text: 'Overview', key: 'o' },
  { page: 'live', text: 'Events', key: 'e' },
  { page: 'compare', text: 'Compare', key: 'c' },
  { page: 'query', text: 'Ask', key: 'a' },
];

const THEME_TEXT = { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' } as const;
const THEME_SIGN = { system: '◐', light: '☀', dark: '☾' } as const;

/** Name, pages, and how it goes just now. */
export function Header({ view, onHelp }: { readonly view: View; readonly onHelp: () => void }): ReactNode {
  const [theme, nextTheme] = useTheme();
  return (
    <header className="top">
      <a className="brand" href={fragmentOf(linked(view, 'overview'))}>
        <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true" className="logo">
          <path
            d="M1 2h4v4H1zM6 2h4v4H6zM1 10h4v4H1zM11 2h4v4h-4zM11 10h4v4h-4z"
            fill="currentColor"
            opacity=".85"
          />
          <path d="M6 10h4v4H6z" fill="currentColor" opacity=".35" />
        </svg>
        mapaudit
      </a>
      <nav aria-label="Pages">
        {TABS.map(({ page, text, key }) => (
          <a
            key={page}
            href={fragmentOf(linked(view, page))}
            aria-current={view.page === page ? 'page' : undefined}
            aria-keyshortcuts={key}
          >
            {text}
          </a>
        ))}
      </nav>
      <Pulse />
      <div className="tools">
        <button type="button" onClick={nextTheme} aria-keyshortcuts="t" title={`${THEME_TEXT[theme]} (t)`}>
          <span aria-hidden="true">{THEME_SIGN[theme]}</span>
          <span className="unseen">{THEME_TEXT[theme]}</span>
        </button>
        <button type="button" onClick={onHelp} aria-keyshortcuts="?" title="Keys and what is what (?)">
          <span aria-hidden="true">?</span>
          <span className="unseen">Help</span>
        </button>
      </div>
    </header>
  );
}
