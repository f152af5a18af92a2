import type { MapType } from '../../go/types/go_type.ts';
import type { Addr } from '../../model/addr.ts';
import type { Program } from '../../inspect/place/program.ts';
import type { InspectSubject } from '../../protocol/inspect.ts';
import type { Patience } from './patience.ts';
import { subjectAt, subjectFound } from './subject_found.ts';
import { subjectOfExpression } from './subject_of_expression.ts';
import type { SyncSubject } from './sync_map_lines.ts';

/** The map that a question is about. */
export interface Subject {
  /** An expression that leads to it; undefined when it was found by its address alone. */
  readonly name: string | undefined;
  readonly type: MapType;
  /** Of its header. */
  readonly address: Addr;
  /** Whose local variable leads to it. */
  readonly goroutine: number | undefined;
  /**
   * What led to the map leads to it still; or, where `alive` is enough, the collector has freed nothing of it yet. A map
   * that was freed keeps its header for a while, when its buckets hold already what others have put there.
   */
  readonly isThere: (how: 'led to' | 'alive') => boolean;
}

/**
 * Finds the map that is meant. Errors: those of `evaluate`, `nil-map`, `not-a-map`, `no-dwarf`,
 * `no-map-there`, `no-such-map`, `ambiguous-map`, `no-such-type`, `ambiguous-type`, `unknown-type`, and
 * `unreadable-memory`.
 */
export function findSubject(
  program: Program,
  subject: InspectSubject,
  patience: Patience,
): Subject | SyncSubject {
  switch (subject.type) {
    case 'expr':
      return subjectOfExpression(program, subject.expr, () => patience.pause());
    case 'address':
      return subjectAt(program, subject.address as Addr, subject.mapType, patience);
    case 'map':
      return subjectFound(program, subject.map, patience);
  }
}
