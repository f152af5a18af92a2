import type { ProcessRef, SiteRef } from '../model/window.ts';
import type { Where } from './definition.ts';
import { siteText } from './names.ts';

/** Verdicts that are remembered of one pattern. */
const MOST = 10_000;

/** Whether something is what a rule looks at; each name is compared once. */
export class Matcher {
  readonly #process: (text: string) => boolean;
  readonly #type: (text: string) => boolean;
  readonly #site: (text: string) => boolean;

  constructor({ process, type, site }: Where) {
    this.#process = remembered(process);
    this.#type = remembered(type);
    this.#site = remembered(site);
  }

  process({ name }: ProcessRef): boolean {
    return this.#process(name);
  }

  type(mapType: string | undefined): boolean {
    return this.#type(mapType ?? '');
  }

  site(site: SiteRef | undefined): boolean {
    return this.#site(siteText(site));
  }
}

function remembered(pattern: RegExp | undefined): (text: string) => boolean {
  if (pattern === undefined) return () => true;
  const verdicts = new Map<string, boolean>();
  return (text) => {
    let verdict = verdicts.get(text);
    if (verdict === undefined) {
      if (verdicts.size >= MOST) verdicts.clear();
      verdicts.set(text, (verdict = pattern.test(text)));
    }
    return verdict;
  };
}
