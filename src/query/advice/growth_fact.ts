import type { GrowthFact } from '../../advice/facts.ts';
import { type Seen, stepOf } from '../growth/steps.ts';

/** What a hit of a growth's beginning says; undefined for what is none, and for what could not be read. */
export function growthFact(name: string, seen: Seen): GrowthFact | undefined {
  const step = stepOf(name, seen);
  const kind = step === undefined ? undefined : kindOf(step);
  if (step === undefined || kind === undefined) return undefined;
  const { trigger, unit, from, to, moved } = step.growth ?? {};
  return {
    kind,
    ...(trigger === undefined ? {} : { trigger }),
    ...(unit === undefined ? {} : { unit }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(moved === undefined ? {} : { moved }),
  };
}

function kindOf({ op, growth }: NonNullable<ReturnType<typeof stepOf>>): GrowthFact['kind'] | undefined {
  switch (op) {
    case 'grow':
      if (growth?.trigger === 'small-full') return 'to-table';
      return growth?.trigger === 'overflow' ? 'same-size' : 'grow';
    case 'rehash':
      return 'table';
    case 'split':
    case 'prune':
      return op;
    case 'evacuate':
    case 'clear':
      return undefined;
  }
}
