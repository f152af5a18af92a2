import { expect, it } from 'vitest';
import { emptyReport, report } from '../../../test/cli/samples_evidence.ts';
import { escapeHtml, html } from './html.ts';
import { reportHtml } from './report_html.ts';

it('escapes what comes from a program, wherever it stands', () => {
  const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)> \u202e\u0000';
  const page = reportHtml({
    ...report,
    file: evil,
    processes: [{ pid: 1, name: evil, exe: evil, go_version: evil, build_id: evil, started: 0 }],
    sites: [{ op: 'delete', function: evil, file: evil, line: 1, map_type: evil, before: 1, after: 2 }],
    keys: [{ op: 'delete', key: evil, map_type: evil, before: 0, after: 1, share_before: 0, share_after: 1 }],
    prefixes: [{ op: 'delete', key: evil, before: 0, after: 1, share_before: 0, share_after: 1 }],
    growth: [{ map_type: evil, address: evil, growths: 1, site: evil }],
    marks: [{ kind: 'growth', at: report.from, text: evil }],
    races: [evil],
    story: [{ text: evil, evidence: [evil] }],
    troubles: [evil],
    profile: {
      file: evil,
      unit: evil,
      samples: 1,
      map_share: 1,
      functions: [{ function: evil, flat: 1, cumulative: 1 }],
      callers: [{ function: evil, share: 1 }],
    },
  });
  expect(page).not.toMatch(/<script|<img|\u202e|\u0000/);
  expect(page.split('alert(1)').length).toBeGreaterThan(30);
  // Tags are those of the page itself, all of them closed as far as they must be.
  const tags = new Set([...page.matchAll(/<\/?([a-z0-9]+)/g)].map((match) => match[1]));
  expect([...tags].filter((tag) => !KNOWN.has(tag ?? ''))).toEqual([]);
});

const KNOWN = new Set(
  'html head meta title style body main h1 h2 p dl dt dd div ol ul li span strong code svg g line text polygon polyline rect table thead tbody tr th td footer'.split(
    ' ',
  ),
);

it('asks nobody for anything', () => {
  for (const one of [report, emptyReport]) {
    const page = reportHtml(one);
    expect(page).not.toMatch(/<[^>]*\b(?:src|href|action)=|url\(|@import|https?:/);
    expect(page).toContain("default-src 'none'");
  }
});

it('shows every part that there is, and none that there is not', () => {
  const whole = reportHtml(report);
  for (const text of [
    'shop (pid 4242)',
    'cache.go:88',
    '96 %',
    'CPU profile',
    'grew',
    '64,548 deletes',
    '12:00:30',
  ])
    expect(whole).toContain(text);
  const empty = reportHtml(emptyReport);
  expect(empty).toContain('Nothing stands out.');
  expect(empty).toContain('No operation was counted.');
  expect(empty).not.toContain('CPU profile</h2>');
});

it('draws a line that breaks where nothing is known', () => {
  expect(reportHtml(report).match(/<polyline/g)).toHaveLength(3);
});

it('joins lists, and leaves out what is not there', () => {
  expect(html`<b>${['a', '<', html`<i>${1}</i>`]}${undefined}</b>`.text).toBe('<b>a&lt;<i>1</i></b>');
  expect(escapeHtml(`&<>"'`)).toBe('&amp;&lt;&gt;&quot;&#39;');
});
