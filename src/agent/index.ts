import { dirname } from 'node:path';
import { packageFile } from '../sys/package_file.ts';
import type { Questions } from '../protocol/questions.ts';
import { adviseLines } from './advise.ts';
import { breakLines } from './break.ts';
import { check } from './check.ts';
import { crash } from './crash.ts';
import { detach } from './detach.ts';
import { explain } from './explain.ts';
import { mapsLines } from './maps.ts';
import { growLines } from './grow.ts';
import { inspectLines } from './inspect.ts';
import { pastLines } from './past.ts';
import { listGoProcesses } from './ps.ts';
import { raceLines } from './race.ts';
import { exportParts } from './replay/export.ts';
import { openReplay } from './replay/index.ts';
import { reportOn } from './replay/report.ts';
import { recordLines } from './record/record.ts';
import { startTop } from './top.ts';
import { traceLines } from './trace.ts';
import { watchLines } from './watch.ts';
import { whoLines } from './who.ts';

/** The agent in this very process: it answers a face's questions from the machine that it runs on. */
export function createQuestions(): Questions {
  return {
    ps: () => Promise.resolve().then(listGoProcesses),
    check: (subject) => Promise.resolve().then(() => check(subject)),
    explain: (options) => Promise.resolve().then(() => explain(options)),
    maps: mapsLines,
    trace: (options, signal) => traceLines(options, signal),
    who: whoLines,
    past: pastLines,
    grow: growLines,
    advise: adviseLines,
    break: breakLines,
    top: startTop,
    inspect: inspectLines,
    watch: watchLines,
    race: raceLines,
    crash: (options) => Promise.resolve().then(() => crash(options)),
    detach: (options) => Promise.resolve().then(() => detach(options)),
    record: recordLines,
    replay: openReplay,
    report: reportOn,
    export: exportParts,
    serve: async (options) => {
      // The store and the exporters are large, and nobody else needs them.
      const { startService } = await import('./service/service.ts');
      return await startService(options);
    },
    close: () => Promise.resolve(),
  };
}

/** The folder of the page; undefined where it was not built. */
export function pageFolder(): string | undefined {
  const index = packageFile('dist/web/index.html');
  return index === undefined ? undefined : dirname(index);
}
