import { MapauditError } from '../base/errors.ts';
import type { GoBinary } from '../go/go_binary.ts';
import { setsLabels } from '../go/sets_labels.ts';
import type { RunningProbe } from '../model/probe.ts';
import type { Notice } from '../protocol/notice.ts';
import type { ProbeKind } from '../protocol/options.ts';

/** What reads no labels, in words. */
const WHO: Partial<Record<ProbeKind, string>> & { readonly inline: string } = {
  inline: 'the inline probe cannot',
  build: 'its hook has made its rings without room for them (MAPAUDIT=record)',
};

const HINT = 'Uprobes do: --probe kernel, as root.';

/** Says that labels of a program that sets some are not read by this probe; undefined where there is nothing to say. */
export function labelsUnread(
  binary: GoBinary,
  kind: Exclude<ProbeKind, 'auto'>,
  { takesLabels }: Pick<RunningProbe, 'takesLabels'>,
): Notice | undefined {
  const why = WHO[kind];
  if (takesLabels === true || why === undefined || !setsLabels(binary)) return undefined;
  return {
    type: 'notice',
    level: 'info',
    code: 'labels-unread',
    message: `labels that the program sets on goroutines are not read: ${why}`,
    hint: HINT,
  };
}

/** With a filter by label nothing would ever come. */
export const inlineWithoutLabels = (): MapauditError =>
  new MapauditError('labels-unread', `--label needs labels, and ${WHO.inline} read them`, { hint: HINT });
