import type { Finding } from '../../model/finding.ts';
import { placeLabel } from '../../protocol/text/labels.ts';

/** An alert as POST /api/v2/alerts of Alertmanager takes it. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** Labels are what tells alerts apart and never change while it fires; all else is annotation. */
export function alertOf(finding: Finding, more: Readonly<Record<string, string>>, until: number): Alert {
  const { id, rule, severity, subject, title, evidence, firedAt, state } = finding;
  const { process, mapType, mapAddress, site, prefix } = subject;
  const ends = state === 'resolved' ? Math.max(firedAt, evidence.at(-1)?.to ?? finding.lastSeen) : until;
  return {
    labels: {
      ...more,
      alertname: rule,
      severity,
      finding: id,
      process: process.name,
      pid: String(process.pid),
      ...(mapType === undefined ? {} : { type: mapType }),
      ...(mapAddress === undefined ? {} : { map: mapAddress }),
      ...(site === undefined ? {} : { site: placeLabel(site) }),
      ...(prefix === undefined ? {} : { prefix }),
    },
    annotations: { summary: title, description: evidence.map(({ text }) => text).join('\n') },
    startsAt: new Date(firedAt).toISOString(),
    endsAt: new Date(ends).toISOString(),
  };
}
