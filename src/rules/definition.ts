import type { MapOp } from '../model/map_op.ts';
import type { Severity } from '../model/finding.ts';
import type { RaceSeen } from '../model/feed.ts';

/** What a rule looks at; all that is there must match. */
export interface Where {
  /** On the process's name. */
  readonly process?: RegExp;
  /** On the map's type. */
  readonly type?: RegExp;
  /** On `function file:line`. */
  readonly site?: RegExp;
}

/** What every rule has. Times are milliseconds. */
interface RuleBase {
  /** Lower case, digits and dashes: `delete-storm`. */
  readonly name: string;
  /** What it is about, for people: `Deletes surge`. */
  readonly title: string | undefined;
  readonly severity: Severity;
  readonly where: Where;
  /** The condition has to be met for so long without a break. */
  readonly forMs: number;
  /** What fired is over when nothing of it was met for so long. */
  readonly recoveryMs: number;
  /** Names of actions; absent: all of the file. */
  readonly actions: readonly string[] | undefined;
}

/** Of what a rate is counted, one by one. */
export const RATE_SUBJECTS = ['process', 'type', 'map', 'site', 'prefix'] as const;
export type RateSubject = (typeof RATE_SUBJECTS)[number];

/** How a baseline is made of the windows before. */
export interface BaselineSpec {
  /** Fires above so many times the baseline; below 1: under that part of it. */
  readonly times: number;
  readonly of: 'highest' | 'median';
  readonly spanMs: number;
  /** Says nothing before it has seen so much. */
  readonly historyMs: number;
}

/** Operations a second over a window. All conditions that are there must be met. */
export interface RateRule extends RuleBase {
  readonly kind: 'rate' | 'ratio';
  readonly ops: readonly MapOp[];
  readonly per: RateSubject;
  readonly windowMs: number;
  /** More than so many a second; with a baseline that must be fallen below: the baseline itself. */
  readonly above: number;
  /** What fired goes on above so many a second. */
  readonly recoverBelow: number;
  /** So large a share of the sampled events has keys that begin alike. */
  readonly share: { readonly atLeast: number; readonly minEvents: number } | undefined;
  /** More than so many times the operations of another kind on the same maps. */
  readonly outweighs: { readonly op: MapOp; readonly times: number } | undefined;
  readonly baseline: BaselineSpec | undefined;
}

/** What a map must not do. */
export const SEQUENCES = ['write-after-clear', 'delete-while-ranged', 'never-shrinks', 'grows-past'] as const;
export type Sequence = (typeof SEQUENCES)[number];

/** An illegal sequence of states of one map. */
export interface LifecycleRule extends RuleBase {
  readonly kind: 'lifecycle';
  readonly sequence: Sequence;
  /** `write-after-clear`, `delete-while-ranged`: the second step comes so soon after the first. */
  readonly withinMs: number;
  /** `never-shrinks`, `grows-past`: a map with so many entries. */
  readonly entries: number;
  /** `never-shrinks`: all of so long a time. */
  readonly spanMs: number;
  /** `never-shrinks`: what a process does so soon after its beginning is not looked at. */
  readonly startupMs: number;
  /** `never-shrinks`: deletes, as a share of the assigns. */
  readonly deletesAtMost: number;
}

/** A place that does what it was never seen to do. */
export interface NewSiteRule extends RuleBase {
  readonly kind: 'new_site';
  readonly ops: readonly MapOp[];
  /** Of each process, what is seen within so long a time is known. */
  readonly learnMs: number;
}

/** Operations that find their key, or do not. */
export interface FoundRatioRule extends RuleBase {
  readonly kind: 'found_ratio';
  readonly op: 'delete' | 'assign' | 'access';
  readonly per: Exclude<RateSubject, 'prefix'>;
  readonly windowMs: number;
  /** Which of the two is counted. */
  readonly what: 'found' | 'not_found';
  readonly above: number;
  /** Says nothing below so many operations a second, or of so few whose outcome is known. */
  readonly minRate: number;
  readonly minKnown: number;
}

export interface RaceRule extends RuleBase {
  readonly kind: 'race';
  readonly races: readonly RaceSeen['kind'][];
}

/** Operations of which no event could be kept. */
export interface LossRule extends RuleBase {
  readonly kind: 'loss';
  readonly windowMs: number;
  /** Share of the events that should have come. */
  readonly above: number;
}

export type Rule = RateRule | LifecycleRule | NewSiteRule | FoundRatioRule | RaceRule | LossRule;

/** A secret by its place: never itself. */
export interface SecretText {
  /** As it stands in the file, with `${env:NAME}` and `${file:PATH}`. */
  readonly template: string;
}

interface ActionBase {
  readonly name: string;
  /** Least severe finding that it is told of. */
  readonly from: Severity;
  readonly resolved: boolean;
  readonly timeoutMs: number;
}

export interface LogAction extends ActionBase {
  readonly kind: 'log';
}

export interface WebhookAction extends ActionBase {
  readonly kind: 'webhook';
  readonly url: SecretText;
  readonly headers: Readonly<Record<string, SecretText>>;
}

export interface AlertmanagerAction extends ActionBase {
  readonly kind: 'alertmanager';
  readonly url: SecretText;
  readonly headers: Readonly<Record<string, SecretText>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ExecAction extends ActionBase {
  readonly kind: 'exec';
  /** Program and arguments; no shell. */
  readonly command: readonly string[];
}

export type Action = LogAction | WebhookAction | AlertmanagerAction | ExecAction;

/** What a file of rules says of itself as a test: names of rules. */
export interface Expectation {
  readonly fires: readonly string[];
  readonly recovers: readonly string[];
  readonly silent: readonly string[];
}

/** A file of rules, checked. */
export interface RulesFile {
  readonly path: string;
  readonly rules: readonly Rule[];
  /** Rules that are there and turned off. */
  readonly disabled: readonly string[];
  readonly actions: readonly Action[];
  readonly expect: Expectation | undefined;
}
