import type { FindingSubject } from '../../model/finding.ts';
import type { ProcessRef, SiteRef } from '../../model/window.ts';
import type { RateSubject } from '../definition.ts';
import { processKey, siteKey } from '../names.ts';
import { MOST_SUBJECTS } from '../run.ts';

/** Of what something was counted. */
export interface Counted {
  readonly process: ProcessRef;
  readonly mapType?: string | undefined;
  readonly mapAddress?: string | undefined;
  readonly site?: SiteRef | undefined;
}

/** Subjects that a rule follows: one for each process, type, map, place or prefix, and at most so many. */
export class SubjectTable<T> {
  readonly #per: RateSubject;
  readonly #fresh: (subject: FindingSubject) => T;
  readonly #subjects = new Map<
    string,
    { readonly subject: FindingSubject; readonly state: T; usedAt: number }
  >();
  #beyond = 0;

  constructor(per: RateSubject, fresh: (subject: FindingSubject) => T) {
    this.#per = per;
    this.#fresh = fresh;
  }

  /** How much was asked for that found no room. */
  get beyond(): number {
    return this.#beyond;
  }

  get all(): Iterable<{ readonly subject: FindingSubject; readonly state: T }> {
    return this.#subjects.values();
  }

  /** Undefined where there is no room, or where what it is counted by is not known. */
  of(counted: Counted, at: number, prefix?: string): T | undefined {
    const name = this.#nameOf(counted, prefix);
    if (name === undefined) return undefined;
    let known = this.#subjects.get(name);
    if (known === undefined) {
      if (this.#subjects.size >= MOST_SUBJECTS) {
        this.#beyond++;
        return undefined;
      }
      const subject = this.#subjectOf(counted, prefix);
      known = { subject, state: this.#fresh(subject), usedAt: at };
      this.#subjects.set(name, known);
    }
    known.usedAt = Math.max(known.usedAt, at);
    return known.state;
  }

  /** Gives the room of those free that were not used since then, but for those that are needed still. */
  forget(before: number, isNeeded: (subject: FindingSubject) => boolean = () => false): void {
    for (const [name, { subject, usedAt }] of this.#subjects)
      if (usedAt < before && !isNeeded(subject)) this.#subjects.delete(name);
  }

  /** Those of a process that has left. */
  take(process: ProcessRef): { readonly subject: FindingSubject; readonly state: T }[] {
    const left: { readonly subject: FindingSubject; readonly state: T }[] = [];
    for (const [name, one] of this.#subjects)
      if (processKey(one.subject.process) === processKey(process)) {
        this.#subjects.delete(name);
        left.push(one);
      }
    return left;
  }

  #nameOf({ process, mapType, mapAddress, site }: Counted, prefix: string | undefined): string | undefined {
    const key = processKey(process);
    switch (this.#per) {
      case 'process':
        return key;
      case 'type':
        return mapType === undefined ? undefined : `${key}\0${mapType}`;
      case 'map':
        return mapAddress === undefined ? undefined : `${key}\0${mapAddress}\0${mapType ?? ''}`;
      case 'site':
        return site === undefined ? undefined : `${key}\0${siteKey(site)}`;
      case 'prefix':
        return prefix === undefined ? undefined : `${key}\0${mapType ?? ''}\0${prefix}`;
    }
  }

  #subjectOf({ process, mapType, mapAddress, site }: Counted, prefix: string | undefined): FindingSubject {
    const type = mapType === undefined || this.#per === 'process' || this.#per === 'site' ? {} : { mapType };
    return {
      process,
      ...type,
      ...(this.#per === 'map' && mapAddress !== undefined ? { mapAddress } : {}),
      ...(this.#per === 'site' && site !== undefined ? { site } : {}),
      ...(this.#per === 'prefix' && prefix !== undefined ? { prefix } : {}),
    };
  }
}
