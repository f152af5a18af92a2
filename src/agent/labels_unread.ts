import type { GoBinary } from '../go/go_binary.ts';
import { setsLabels } from '../go/sets_labels.ts';
import type { RunningProbe } from '../model/probe.ts';
import type { Notice } from '../protocol/notice.ts';
import type { ProbeKind } from '../protocol/options.ts';

/** Says that labels of a program that sets some are not read by this probe; undefined where there is nothing to say. */
export function labelsUnread(
  binary: GoBinary,
  kind: Exclude<ProbeKind, 'auto'>,
  { takesLabels }: Pick<RunningProbe, 'takesLabels'>,
): Notice | undefined {
  if (takesLabels === true || kind !== 'build' || !setsLabels(binary)) return undefined;
  return {
    type: 'notice',
    level: 'info',
    code: 'labels-unread',
    message:
      'labels that the program sets on goroutines are not read: its hook has made its rings without room for them (MAPAUDIT=record)',
    hint: 'Uprobes do: --probe kernel, as root.',
  };
}
