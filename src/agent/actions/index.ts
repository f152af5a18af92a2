import { assertUnreachable } from '../../base/assert.ts';
import { jsonLine } from '../../base/json_line.ts';
import type { Finding, Severity } from '../../model/finding.ts';
import { findingLine } from '../../protocol/rules.ts';
import type { Action, RulesFile } from '../../rules/definition.ts';
import { type Delivery, LIMITS, Outbox, type OutboxLimits } from './outbox.ts';
import { type Mask, maskOf, secretOf } from './secrets.ts';
import { runProgram, sendAlert, sendWebhook } from './send.ts';

/** What actions need of their surroundings. */
export interface ActionSurroundings {
  /** A line of the action `log`: JSON, without its end. */
  readonly log: (line: string) => void;
  /** What went wrong, in words without secrets. */
  readonly say: (trouble: string) => void;
  readonly limits?: OutboxLimits;
  /** Alertmanager forgets an alert that it does not hear of again. */
  readonly repeatMs?: number;
}

/** Actions that wait for findings. */
export interface Actions {
  /** Told of a change: the same state of one finding a second time goes nowhere. */
  finding(finding: Finding): void;
  /** Delivers what waits, if that can be done soon; by the name of each action what came of it. */
  close(): Promise<Readonly<Record<string, Delivery>>>;
}

const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];
/** As Prometheus does it. */
const REPEAT_MS = 60_000;
/** Alerts that are heard of no more end after so many times the repetition. */
const LIVES = 4;
/** Findings whose last state is remembered. */
const MOST = 10_000;

/** Error: `secret-missing`, for a reference that has no value now. */
export function startActions(
  file: Pick<RulesFile, 'actions' | 'rules'>,
  surroundings: ActionSurroundings,
): Actions {
  return new Running(file, surroundings);
}

class Running implements Actions {
  readonly #actions: readonly { readonly action: Action; readonly outbox: Outbox<Finding> }[];
  readonly #wanted: ReadonlyMap<string, readonly string[] | undefined>;
  readonly #states = new Map<string, Finding>();
  readonly #repeat: NodeJS.Timeout | undefined;
  readonly #repeatMs: number;

  constructor({ actions, rules }: Pick<RulesFile, 'actions' | 'rules'>, surroundings: ActionSurroundings) {
    const secrets = actions.flatMap((action) =>
      'url' in action ? [action.url, ...Object.values(action.headers)] : [],
    );
    for (const text of secrets) secretOf(text);
    const mask = maskOf(secrets);
    this.#repeatMs = surroundings.repeatMs ?? REPEAT_MS;
    this.#wanted = new Map(rules.map((rule) => [rule.name, rule.actions]));
    this.#actions = actions.map((action) => ({
      action,
      outbox: new Outbox(
        this.#sender(action, mask, surroundings),
        surroundings.say,
        surroundings.limits ?? LIMITS,
      ),
    }));
    if (actions.some(({ kind }) => kind === 'alertmanager'))
      this.#repeat = setInterval(() => this.#again(), this.#repeatMs).unref();
  }

  finding(finding: Finding): void {
    if (this.#states.get(finding.id)?.state === finding.state) return;
    this.#states.delete(finding.id);
    this.#states.set(finding.id, finding);
    if (this.#states.size > MOST) this.#forgetOne();
    for (const { action, outbox } of this.#actions) if (this.#isMeant(action, finding)) outbox.put(finding);
  }

  async close(): Promise<Readonly<Record<string, Delivery>>> {
    clearInterval(this.#repeat);
    const all = await Promise.all(
      this.#actions.map(async ({ action, outbox }) => [action.name, await outbox.close()] as const),
    );
    return Object.fromEntries(all);
  }

  #isMeant({ name, from, resolved }: Action, { rule, severity, state }: Finding): boolean {
    const wanted = this.#wanted.get(rule);
    if (wanted !== undefined && !wanted.includes(name)) return false;
    if (state === 'resolved' && !resolved) return false;
    return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(from);
  }

  #sender(
    action: Action,
    mask: Mask,
    { log }: ActionSurroundings,
  ): (finding: Finding, signal: AbortSignal) => Promise<void> {
    switch (action.kind) {
      case 'log':
        return (finding) => {
          log(jsonLine(findingLine(finding)));
          return Promise.resolve();
        };
      case 'webhook':
        return (finding, signal) => sendWebhook(action, finding, signal);
      case 'alertmanager':
        return (finding, signal) => sendAlert(action, finding, Date.now() + LIVES * this.#repeatMs, signal);
      case 'exec':
        return (finding, signal) => runProgram(action, finding, mask, signal);
      default:
        return assertUnreachable(action);
    }
  }

  /** Says of all that fires that it still does. */
  #again(): void {
    for (const { action, outbox } of this.#actions)
      if (action.kind === 'alertmanager')
        for (const finding of this.#states.values())
          if (finding.state === 'firing' && this.#isMeant(action, finding)) outbox.put(finding);
  }

  /** The oldest of what is over; of what fires, where all does. */
  #forgetOne(): void {
    const over = [...this.#states.values()].find(({ state }) => state === 'resolved');
    const [oldest] = this.#states.keys();
    const id = over?.id ?? oldest;
    if (id !== undefined) this.#states.delete(id);
  }
}
