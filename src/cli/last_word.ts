import type { Notice } from '../protocol/notice.ts';
import type { CommandName } from './options/spec.ts';
import type { OptionValues } from './options/table.ts';

/** What is said when a second Ctrl-C ends a command at once: what may be missing, and what may be left behind. */
export function lastWord(name: CommandName, values: Pick<OptionValues, 'probe' | 'store'>): Notice {
  return {
    type: 'notice',
    level: 'warning',
    code: 'ended-at-once',
    message: `ended at once: ${missing(name, values)}`,
    // Whether they are out already is not known here.
    ...(values.probe === 'inline'
      ? {
          hint: 'Jumps that are still in the program do no harm: mapaudit detach -p PID takes them out.',
        }
      : {}),
  };
}

function missing(name: CommandName, { store }: Pick<OptionValues, 'store'>): string {
  if (name === 'record') return 'the file can be read, and may lack its end and the summary';
  if (name !== 'serve') return 'the output may lack its end';
  return store === undefined
    ? 'nothing is kept without --store'
    : 'what was not written yet, as a rule the last second, is not in the store';
}
