import type { ReactNode } from 'react';
import type { ApiFinding } from '../../src/protocol/api.ts';
import { useProcessName } from '../state/use_hub.ts';
import { marked } from '../state/moves.ts';
import { fragmentOf, linked, type View } from '../state/view.ts';
import { clock, lasting, moment } from '../text/show.ts';
import { MapLink, SiteLink } from './links.tsx';
import { Name } from './name.tsx';
import { Empty } from './panel.tsx';

const SIGNS = { critical: '■', warning: '▲', info: '●' } as const;

/** Firing first, then by weight, then the newest. */
function byWeight(a: ApiFinding, b: ApiFinding): number {
  const weight = ({ state, severity }: ApiFinding): number =>
    (state === 'firing' ? 10 : 0) + { critical: 3, warning: 2, info: 1 }[severity];
  return weight(b) - weight(a) || b.fired_at - a.fired_at;
}

interface FindingsProps {
  readonly findings: readonly ApiFinding[];
  readonly view: View;
  /** The server's clock. */
  readonly now: number;
}

/** What rules found: what, since when, and the evidence with the time that it was seen in. */
export function Findings({ findings, view, now }: FindingsProps): ReactNode {
  if (findings.length === 0)
    return (
      <Empty type="mapaudit rules default">No rule found anything in this time. What is looked for:</Empty>
    );
  return (
    <ul className="findings">
      {findings.toSorted(byWeight).map((finding) => (
        <Finding key={`${finding.id} ${finding.fired_at}`} finding={finding} view={view} now={now} />
      ))}
    </ul>
  );
}

function Finding({
  finding,
  view,
  now,
}: {
  readonly finding: ApiFinding;
  readonly view: View;
  readonly now: number;
}): ReactNode {
  const nameOf = useProcessName();
  const firing = finding.state === 'firing';
  return (
    <li className={`finding ${finding.severity} ${finding.state}`}>
      <p className="finding-head">
        <span className={`severity ${finding.severity}`}>
          <span aria-hidden="true">{SIGNS[finding.severity]}</span> {finding.severity}
        </span>
        <span className="note">
          <Name text={finding.rule} /> · <Name text={nameOf(finding.process)} />
        </span>
        <span className="note num">
          {firing
            ? `firing for ${lasting(now - finding.fired_at)}`
            : `resolved, ${clock(finding.fired_at)} to ${clock(finding.last_seen)}`}
        </span>
      </p>
      <p className="finding-title">
        <Name text={finding.title} />
      </p>
      <p className="finding-links">
        {finding.site !== undefined && <SiteLink site={finding.site} view={view} />}
        {finding.map_type !== undefined && (
          <MapLink map={{ ...finding, map_type: finding.map_type }} view={view} />
        )}
        {finding.prefix !== undefined && (
          <span>
            keys that begin with{' '}
            <code>
              <Name text={finding.prefix} />
            </code>
          </span>
        )}
      </p>
      {finding.evidence.length > 0 && (
        <ul className="evidence">
          {finding.evidence.map((one, i) => (
            <li key={i}>
              <Name text={one.text} />{' '}
              <a
                className="num"
                href={fragmentOf({
                  ...linked(view, view.page),
                  ...subjectOf(view),
                  range: marked(around(one)),
                })}
              >
                {moment(one.from, now)}–{clock(one.to)}
              </a>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** The page stays about what it is about. */
const subjectOf = (view: View): Partial<View> => ({
  map: view.map,
  mapType: view.mapType,
  site: view.site,
  key: view.key,
});

/** With some of what was before and after, so that one sees the change. */
function around({ from, to }: { readonly from: number; readonly to: number }): { from: number; to: number } {
  const margin = Math.max(30_000, (to - from) / 2);
  return { from: Math.round(from - margin), to: Math.round(to + margin) };
}
