import type { LabelsOfEvent } from '../model/map_event.ts';
import type { Filters } from '../protocol/options.ts';
import { globMatcher } from './glob.ts';

/** Whether an event has a label of that name with a value that the glob matches. Of one that was cut its beginning counts. */
export function labelMatcher({
  name,
  value,
}: NonNullable<Filters['label']>): (event: LabelsOfEvent) => boolean {
  const matches = globMatcher(value);
  return ({ labels }) => labels !== undefined && Object.hasOwn(labels, name) && matches(labels[name] ?? '');
}
