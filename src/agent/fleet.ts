import type { Closable } from '../base/dispose.ts';
import type { MapauditError } from '../base/errors.ts';
import { isMapauditError } from '../base/errors.ts';
import { openGoBinary } from '../go/go_binary.ts';
import type { MapOp } from '../model/map_op.ts';
import type { ProbeOptions, ProbeScope } from '../model/probe.ts';
import type { Notice } from '../protocol/notice.ts';
import type { ProbeKind } from '../protocol/options.ts';
import type { Selection } from '../protocol/selection.ts';
import { openFile } from '../sys/file_source.ts';
import { Audit } from './audit.ts';
import type { Effects } from './plans.ts';
import { selectPids } from './select.ts';
import { Target, type TargetEnd } from './target.ts';
import { kindFor, wayFor } from './way.ts';

/** What a fleet tells its run. */
export interface FleetEvents {
  readonly joined: (audit: Audit) => void;
  readonly left: (audit: Audit) => void;
  readonly notice: (notice: Notice) => void;
}

/** What to attach to each process. */
export interface FleetOptions {
  readonly selection: Selection;
  readonly ops: readonly MapOp[];
  readonly effects: Effects;
  readonly probe: ProbeOptions;
  readonly kind: ProbeKind;
}

/**
 * The audits of one run: one for a pid, one for a whole binary, one for each process that a name matches.
 * `look` finds new processes and says good-bye to those that have ended.
 */
export class Fleet implements Closable {
  readonly #options: FleetOptions;
  readonly #events: FleetEvents;
  readonly #audits = new Set<Audit>();
  /** Processes that were tried: pid and start time of those that are audited or cannot be. */
  readonly #known = new Set<number>();
  /** One probe for all processes of a binary: uprobes are in the file, the hook is in each process. */
  readonly #together: boolean;
  #lastEnd: TargetEnd | undefined;

  constructor(options: FleetOptions, events: FleetEvents) {
    this.#options = options;
    this.#events = events;
    const { selection, kind } = options;
    this.#together = selection.type === 'exe' && kindOfFile(selection.path, kind) === 'kernel';
    this.#attachNew(true);
    if (this.#audits.size === 0) this.#say('info', 'waiting', `no process matches yet; waiting for one`);
  }

  get audits(): readonly Audit[] {
    return [...this.#audits];
  }

  /** Why nothing more can come; undefined while it can. A name or a path may get new processes at any time. */
  get ended(): TargetEnd | undefined {
    return this.#options.selection.type === 'pid' && this.#audits.size === 0 ? this.#lastEnd : undefined;
  }

  look(): void {
    for (const audit of this.audits) this.#checkTargets(audit);
    if (this.#options.selection.type !== 'pid') this.#attachNew(false);
  }

  close(): void {
    for (const audit of this.#audits) audit.close();
    this.#audits.clear();
  }

  #checkTargets(audit: Audit): void {
    for (const target of audit.targets) {
      const end = target.ended();
      if (end === undefined) continue;
      this.#lastEnd = end;
      this.#known.delete(target.pid);
      const how = end === 'target-exec' ? 'runs another program now' : 'has ended';
      const { name } = target.facts;
      if (this.#options.selection.type !== 'pid')
        this.#say('info', 'process-left', `${name} (pid ${target.pid}) ${how}`);
      if (this.#together) audit.forget(target.pid);
      else this.#drop(audit);
    }
  }

  #drop(audit: Audit): void {
    this.#events.left(audit);
    this.#audits.delete(audit);
    audit.close();
  }

  #attachNew(first: boolean): void {
    const { selection } = this.#options;
    if (this.#together && this.#audits.size > 0) return;
    for (const pid of selectPids(selection)) {
      if (this.#known.has(pid)) continue;
      this.#known.add(pid);
      try {
        this.#attach(Target.open(pid));
      } catch (error) {
        if (!isMapauditError(error) || selection.type === 'pid' || (first && this.#isGeneral(error)))
          throw error;
        if (error.code !== 'not-go' && error.code !== 'no-such-process')
          this.#say('warning', 'not-audited', `pid ${pid} is not audited: ${error.message}`, error.hint);
      }
      if (this.#together) break;
    }
  }

  /** Would be the same for every process. */
  #isGeneral(error: MapauditError): boolean {
    return ['missing-capability', 'not-permitted', 'kernel-missing', 'verifier'].includes(error.code);
  }

  #attach(target: Target): void {
    const { selection, ops, effects, probe, kind } = this.#options;
    try {
      const way = wayFor(target, kind, ops, effects);
      const scope: ProbeScope =
        selection.type === 'exe' && this.#together
          ? { type: 'binary', path: selection.path }
          : { type: 'process', pid: target.pid };
      const audit = new Audit(target, scope, way, probe);
      this.#audits.add(audit);
      this.#events.joined(audit);
    } catch (error) {
      target.close();
      throw error;
    }
  }

  #say(level: Notice['level'], code: string, message: string, hint?: string): void {
    this.#events.notice({ type: 'notice', level, code, message, ...(hint === undefined ? {} : { hint }) });
  }
}

/** Waiting for processes of a file that cannot be audited would be waiting for ever. Errors: those of `openGoBinary` and `kindFor`. */
function kindOfFile(path: string, kind: ProbeKind): 'kernel' | 'build' {
  const file = openFile(path);
  try {
    return kindFor(openGoBinary(file), kind);
  } finally {
    file.close();
  }
}
