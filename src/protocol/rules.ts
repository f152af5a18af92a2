import type { Finding, Severity } from '../model/finding.ts';
import type { ProcessRef, SiteRef } from '../model/window.ts';
import type { Notice } from './notice.ts';

/** What `rules` is asked. Without a path it is the rules that mapaudit brings along. */
export type RulesOptions =
  | { readonly do: 'default' }
  | { readonly do: 'check'; readonly path: string }
  | { readonly do: 'test'; readonly path: string; readonly recording: string };

/** A file of rules that is in order. */
export interface RulesChecked {
  readonly type: 'rules';
  readonly file: string;
  readonly rules: readonly { readonly name: string; readonly kind: string; readonly severity: Severity }[];
  /** Rules that are turned off. */
  readonly disabled: readonly string[];
  readonly actions: readonly { readonly name: string; readonly kind: string }[];
}

/** A finding as it is printed and sent: names as in all JSON, times in Unix milliseconds. */
export interface FindingLine {
  readonly type: 'finding';
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly state: 'firing' | 'resolved';
  readonly title: string;
  readonly process: {
    readonly pid: number;
    readonly name: string;
    readonly started?: number;
    readonly build_id?: string;
  };
  readonly map_type?: string;
  readonly map_id?: number;
  readonly map?: string;
  readonly site?: SiteRef;
  readonly prefix?: string;
  readonly evidence: readonly { readonly text: string; readonly from: number; readonly to: number }[];
  readonly since: number;
  readonly fired_at: number;
  readonly last_seen: number;
}

/** What became of one expectation. */
export interface RuleExpected {
  readonly rule: string;
  readonly wanted: 'fires' | 'recovers' | 'silent';
  readonly met: boolean;
}

/** What a file of rules found in a recording. */
export interface RulesTested {
  readonly type: 'rules_tested';
  readonly file: string;
  readonly recording: string;
  /** Of the recording, Unix milliseconds; absent where nothing is in it. */
  readonly from?: number;
  readonly to?: number;
  readonly rules: readonly {
    readonly name: string;
    readonly fired: number;
    readonly resolved: number;
    /** What could not be followed, since there was too much of it. */
    readonly beyond: number;
  }[];
  readonly expected: readonly RuleExpected[];
  /** Every expectation is met. */
  readonly ok: boolean;
}

export type RulesLine =
  | { readonly type: 'text'; readonly text: string }
  | RulesChecked
  | { readonly type: 'told'; readonly at: number; readonly finding: FindingLine }
  | RulesTested
  | Notice;

/** All that `dashboards` needs. */
export interface DashboardsOptions {
  /** Rules; absent: those that mapaudit brings along. */
  readonly path?: string;
}

/** A file for other tools. */
export interface GeneratedFile {
  /** Below the folder that was asked for: `grafana/mapaudit.json`. */
  readonly path: string;
  readonly text: string;
}

/** `dashboards`: what was written. */
export interface Dashboards {
  readonly type: 'dashboards';
  readonly folder: string;
  readonly files: readonly string[];
}

/** A finding for JSON. */
export function findingLine(finding: Finding): FindingLine {
  const { subject, id, rule, severity, state, title, evidence, since, firedAt, lastSeen } = finding;
  const { process, mapType, mapId, mapAddress, site, prefix } = subject;
  return {
    type: 'finding',
    id,
    rule,
    severity,
    state,
    title,
    process: processOf(process),
    ...(mapType === undefined ? {} : { map_type: mapType }),
    ...(mapId === undefined ? {} : { map_id: mapId }),
    ...(mapAddress === undefined ? {} : { map: mapAddress }),
    ...(site === undefined ? {} : { site }),
    ...(prefix === undefined ? {} : { prefix }),
    evidence,
    since,
    fired_at: firedAt,
    last_seen: lastSeen,
  };
}

const processOf = ({ pid, name, started, buildId }: ProcessRef): FindingLine['process'] => ({
  pid,
  name,
  ...(started === undefined ? {} : { started }),
  ...(buildId === undefined ? {} : { build_id: buildId }),
});
