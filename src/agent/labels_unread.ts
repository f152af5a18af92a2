import { MapauditError } from '../base/errors.ts';
import type { GoBinary } from '../go/go_binary.ts';
import type { Notice } from '../protocol/notice.ts';
import type { ProbeKind } from '../protocol/options.ts';

/** All that sets labels goes through it: runtime/pprof's Do and SetGoroutineLabels. go1.18–1.27 src/runtime/proflabel.go. */
const SETS_LABELS = 'runtime/pprof.runtime_setProfLabel';

/** What reads no labels, in words. */
const WHO: Partial<Record<ProbeKind, string>> = {
  inline: 'the inline probe',
  build: 'the hook of mapaudit go build',
};

const HINT = 'Uprobes do: --probe kernel, as root.';

/** Says that labels of a program that sets some are not read by this kind of probe; undefined where there is nothing to say. */
export function labelsUnread(binary: GoBinary, kind: Exclude<ProbeKind, 'auto'>): Notice | undefined {
  const who = WHO[kind];
  if (who === undefined || binary.functionNamed(SETS_LABELS) === undefined) return undefined;
  return {
    type: 'notice',
    level: 'info',
    code: 'labels-unread',
    message: `labels that the program sets on goroutines are not read: ${who} cannot`,
    hint: HINT,
  };
}

/** With a filter by label nothing would ever come. Error: `labels-unread`. */
export function requireLabels(kind: Exclude<ProbeKind, 'auto'>): void {
  const who = WHO[kind];
  if (who === undefined) return;
  throw new MapauditError('labels-unread', `${who} does not read labels, and --label needs them`, {
    hint: HINT,
  });
}
