import { MapauditError } from '../../base/errors.ts';

/** Why a command has no answer in a recording, and what to do. */
const WHY: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  growth: ['growth was not recorded', 'mapaudit record says why when it begins.'],
  races: ['races were not looked for', 'Record with mapaudit record -p PID --races.'],
  memory: [
    'it needs the memory of the process, which is not recorded',
    'Ask a process that runs (-p PID), or a core dump (--core FILE).',
  ],
  facts: [
    'headers and registers are not recorded',
    'Ask a process that runs: mapaudit break -p PID. mapaudit replay FILE trace shows what was recorded.',
  ],
};

/** Error: `not-in-recording`. */
export function notInRecording(path: string, what: 'growth' | 'races' | 'memory' | 'facts'): MapauditError {
  const [why, hint] = WHY[what] ?? ['', ''];
  return new MapauditError('not-in-recording', `${path} cannot answer that: ${why}`, {
    hint,
    fields: { file: path },
  });
}
