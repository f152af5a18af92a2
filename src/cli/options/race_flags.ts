import { notEmpty } from '../parse/path.ts';
import { parseMapName } from '../parse/map_name.ts';
import { parseShare } from '../parse/share.ts';
import { SERVE_BUDGET } from './serve_flags.ts';
import type { OptionSpec } from './spec.ts';

/** The flags that `race` alone has; part of the table of all. */
export const RACE_FLAGS = {
  budget: {
    flag: '--budget',
    value: 'SHARE',
    group: 'How it works',
    commands: ['race', 'record', 'serve'],
    help: "How much of the program's CPU time may go into waiting: 0.5%, 5%. Default: 1%.",
    details:
      'More finds more in less time. An idle program counts as if it took a tenth of a CPU. What probes cost by being there comes on top: about a microsecond for each operation on a map; `npm run bench -- cost` measures it.',
    of: { serve: SERVE_BUDGET },
    parse: parseShare,
  },
  sarif: {
    flag: '--sarif',
    value: 'FILE',
    group: 'Output',
    commands: ['race'],
    help: 'Also write the races to this file as SARIF 2.1.0, for code scanning.',
    parse: notEmpty('--sarif'),
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** What `--map` is for `race`: numbers of maps are of other runs. */
export const RACE_MAP = {
  value: 'MAP',
  help: "Maps whose type matches (--map 'Session'), or one map: --map main.cache.sessions, 0xc000123450.",
  details:
    'No time of the budget goes into others. A variable, or a name as `maps` shows it, stands for the map that it holds now.',
  parse: parseMapName,
} as const;

/** What `--probe` is for `race`. */
export const RACE_PROBE = {
  help: 'How operations are held: kernel (eBPF uprobes), inline (jumps placed in the running code, linux/amd64), build (the hook of mapaudit go build; needs no root), or auto. Default: auto, which is build where the program has the hook, else kernel.',
} as const;
