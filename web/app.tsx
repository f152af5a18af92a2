import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { ComparePage } from './pages/compare.tsx';
import { KeyPage } from './pages/key.tsx';
import { LivePage } from './pages/live.tsx';
import { MapPage } from './pages/map.tsx';
import { OverviewPage } from './pages/overview.tsx';
import type { PageProps } from './pages/page.ts';
import { QueryPage } from './pages/query.tsx';
import { SitePage } from './pages/site.tsx';
import { useTheme } from './state/settings.ts';
import { shifted, zoomed } from './state/moves.ts';
import { useHub, useHubState } from './state/use_hub.ts';
import { useKeys } from './state/use_keys.ts';
import { spanAt, useSpan } from './state/use_span.ts';
import { go, opened, useView, viewNow } from './state/use_view.ts';
import { linked, type Page, type Span, type View } from './state/view.ts';
import { Header } from './ui/header.tsx';
import { Help } from './ui/help.tsx';
import { LeftOut } from './ui/left_out.tsx';
import { Command } from './ui/panel.tsx';
import { RangeBar } from './ui/range_bar.tsx';
import { Told } from './ui/told.tsx';
import { TokenForm, Trouble } from './ui/trouble.tsx';
import { TruthStrip } from './ui/truth_strip.tsx';

/** The whole page: what stays, and in it what the address asks for. */
export function App(): ReactNode {
  const asked = useView();
  const hub = useHub();
  const { trouble, status } = useHubState();
  const view = useMemo(() => opened(asked, status), [asked, status]);
  const span = useSpan(view.range);
  const [help, setHelp] = useState(false);
  useConnection();
  const openHelp = useCallback(() => setHelp(true), []);
  useShortcuts(openHelp);
  useTitle(view);
  if (trouble?.kind === 'token') return <TokenForm error={trouble} done={() => hub.start()} />;
  return (
    <>
      <a className="skip" href="#main" onClick={skip}>
        To the content
      </a>
      <Header view={view} onHelp={openHelp} />
      <RangeBar view={view} span={span} />
      <TruthStrip />
      <Told view={view} />
      <main id="main" tabIndex={-1}>
        <LeftOut />
        {span === undefined ? <Before /> : <Shown view={view} span={span} />}
      </main>
      <Help open={help} onClose={() => setHelp(false)} />
    </>
  );
}

/** The fragment of the address is the view: the link moves the focus and leaves the address as it is. */
function skip(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Shown({ view, span }: PageProps): ReactNode {
  switch (view.page) {
    case 'overview':
      return <OverviewPage view={view} span={span} />;
    case 'map':
      return <MapPage view={view} span={span} />;
    case 'site':
      return <SitePage view={view} span={span} />;
    case 'key':
      return <KeyPage view={view} span={span} />;
    case 'live':
      return <LivePage view={view} span={span} />;
    case 'compare':
      return <ComparePage view={view} span={span} />;
    case 'query':
      return <QueryPage key={view.question ?? ''} view={view} />;
  }
}

/** Until the server has answered for the first time. */
function Before(): ReactNode {
  const { trouble } = useHubState();
  if (trouble === undefined) return <p className="waiting">Asking mapaudit …</p>;
  return (
    <div className="before">
      <Trouble error={trouble} />
      {trouble.kind === 'gone' && (
        <>
          <p>This page is asked for again by itself as soon as it answers. Is it running?</p>
          <Command text="mapaudit ps" />
        </>
      )}
    </div>
  );
}

/** Connected while the page is looked at: a browser has few connections to one server, and tabs share them. */
function useConnection(): void {
  const hub = useHub();
  useEffect(() => {
    const follow = (): void => {
      if (document.hidden) hub.stop();
      else hub.start();
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      hub.stop();
    };
  }, [hub]);
}

function useShortcuts(help: () => void): void {
  const hub = useHub();
  const [, nextTheme] = useTheme();
  const actions = useMemo(() => {
    const current = (): View => opened(viewNow(), hub.snapshot().status);
    const to = (page: Page) => () => go(linked(current(), page));
    const move = (change: (span: Span) => View['range']) => () => {
      const view = current();
      go({ ...view, range: change(spanAt(view.range, hub.now())) });
    };
    return {
      o: to('overview'),
      e: to('live'),
      c: to('compare'),
      a: to('query'),
      '[': move((shown) => shifted(shown, -1)),
      ']': move((shown) => shifted(shown, 1, hub.now())),
      '+': move((shown) => zoomed(shown, 0.5, hub.now())),
      '-': move((shown) => zoomed(shown, 2, hub.now())),
      '.': move(() => ({ type: 'last', ms: 900_000 })),
      '/': () =>
        (
          document.getElementById('first-filter') ?? document.querySelector<HTMLElement>('.narrowed select')
        )?.focus(),
      p: () => document.getElementById('pause')?.click(),
      t: nextTheme,
      '?': help,
    };
  }, [hub, nextTheme]);
  useKeys(actions);
}

const TITLES: Readonly<Record<Page, string>> = {
  overview: 'Overview',
  map: 'Map',
  site: 'Line',
  key: 'Key',
  live: 'Events',
  compare: 'Compare',
  query: 'Ask',
};

function useTitle(view: View): void {
  useEffect(() => {
    document.title = `${TITLES[view.page]} · mapaudit`;
  }, [view.page]);
}
