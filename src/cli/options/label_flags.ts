import { parseKeys } from '../parse/keys.ts';
import { parseLabel } from '../parse/label.ts';
import type { OptionSpec } from './spec.ts';

/** The flags on labels of goroutines; part of the table of all. */
export const LABEL_FLAGS = {
  label: {
    flag: '--label',
    value: 'NAME=GLOB',
    group: 'Which operations',
    commands: ['trace', 'replay'],
    help: "Operations of goroutines with such a label (runtime/pprof): --label 'route=/login*', --label trace_id=4bf92f3577b34da6a3ce929d0e0e4736.",
    details:
      'The name is compared as it is, the value as a glob; of a value of more than 64 bytes its beginning. Decided after the event was sent. Of a program that keeps its last operations (`MAPAUDIT=record=…`) the hook reads no labels: there this is refused.',
    parse: parseLabel,
  },
  labels: {
    flag: '--labels',
    value: 'HOW',
    group: 'What is shown of each',
    commands: ['trace', 'record', 'break', 'serve'],
    help: 'full, prefix:N, hash or none: of the values of labels that the program has set on goroutines. They can be secrets. Default: as --keys.',
    details:
      'Those of `pprof.Do` and `pprof.SetGoroutineLabels`, also where a goroutine has them of the one that began it: up to 8, of each name 48 bytes and of each value 64. Names are shown as they are. A trace id is told only where its label is shown whole: `--keys=hash --labels=full`. With `none` they are not read.',
    parse: parseKeys,
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;
