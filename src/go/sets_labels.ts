import type { GoBinary } from './go_binary.ts';

/** All that sets labels goes through it: runtime/pprof's Do and SetGoroutineLabels. go1.18–1.27 src/runtime/proflabel.go. */
const SETS_LABELS = 'runtime/pprof.runtime_setProfLabel';

/** Whether the program can set profiler labels on goroutines: what it never calls is not in it. */
export const setsLabels = (binary: GoBinary): boolean => binary.functionNamed(SETS_LABELS) !== undefined;
