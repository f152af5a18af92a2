import { assertUnreachable } from '../base/assert.ts';
import type { Questions } from '../protocol/questions.ts';
import { runAdvise } from './commands/advise.ts';
import { runBreak } from './commands/break.ts';
import { runCheck } from './commands/check.ts';
import { runCrash } from './commands/crash.ts';
import { runDashboards } from './commands/dashboards.ts';
import { runDetach } from './commands/detach.ts';
import { passToGo } from './commands/go.ts';
import { runExport } from './commands/export.ts';
import { runExplain } from './commands/explain.ts';
import { runMaps } from './commands/maps.ts';
import { runGrow } from './commands/grow.ts';
import { runInspect } from './commands/inspect.ts';
import { runPs } from './commands/ps.ts';
import { runQuery } from './commands/query.ts';
import { runRace } from './commands/race.ts';
import { runRecord } from './commands/record.ts';
import { runReplay } from './commands/replay.ts';
import { runReport } from './commands/report.ts';
import { runServe } from './commands/serve.ts';
import { runRules } from './commands/rules.ts';
import { runTop } from './commands/top.ts';
import { runTrace } from './commands/trace.ts';
import { runWatch } from './commands/watch.ts';
import { runPast, runWho } from './commands/who.ts';
import {
  exportOptionsOf,
  recordOptionsOf,
  replayRequestOf,
  reportOptionsOf,
} from './options/evidence_options.ts';
import { explainOptionsOf } from './options/explain_options.ts';
import { mapsOptionsOf } from './options/maps_options.ts';
import { inspectOptionsOf } from './options/inspect_options.ts';
import { queryOptionsOf } from './options/query_options.ts';
import { raceOptionsOf } from './options/race_options.ts';
import {
  checkSubjectOf,
  crashOptionsOf,
  detachOptionsOf,
  topOptionsOf,
  traceOptionsOf,
  watchOptionsOf,
} from './options/resolve.ts';
import {
  adviseOptionsOf,
  breakOptionsOf,
  growOptionsOf,
  pastOptionsOf,
  whoOptionsOf,
} from './options/resolve_know.ts';
import { serveOptionsOf } from './options/serve_options.ts';
import { dashboardsOptionsOf, rulesOptionsOf } from './options/rules_options.ts';
import type { CommandName } from './options/spec.ts';
import type { OptionValues } from './options/table.ts';
import type { Io } from './output/io.ts';

/** What is to be done, once the command line is known to make sense. Gives the exit code. */
export type Job = (questions: Questions, io: Io) => Promise<number>;

/** Checks everything that can be checked before anything is touched. */
export function jobOf(name: CommandName, words: readonly (string | undefined)[], values: OptionValues): Job {
  switch (name) {
    case 'ps':
      return runPs;
    case 'check': {
      const subject = checkSubjectOf(words[0], values);
      return (questions, io) => runCheck(subject, questions, io);
    }
    case 'explain': {
      const options = explainOptionsOf(words, values);
      return (questions, io) => runExplain(options, questions, io);
    }
    case 'maps': {
      const options = mapsOptionsOf(values);
      return (questions, io) => runMaps(options, questions, io);
    }
    case 'trace': {
      const options = traceOptionsOf(values);
      return (questions, io) => runTrace(options, questions, io);
    }
    case 'inspect': {
      const options = inspectOptionsOf(values);
      return (questions, io) => runInspect(options, questions, io);
    }
    case 'watch': {
      const options = watchOptionsOf(values);
      return (questions, io) => runWatch(options, questions, io);
    }
    case 'advise': {
      const options = adviseOptionsOf(values);
      return (questions, io) => runAdvise(options, questions, io);
    }
    case 'race': {
      const options = raceOptionsOf(values);
      return (questions, io) => runRace(options, values.sarif, questions, io);
    }
    case 'top': {
      const options = topOptionsOf(values);
      return (questions, io) => runTop(options, questions, io);
    }
    case 'crash': {
      const options = crashOptionsOf(words[0], values);
      return (questions, io) => runCrash(options, questions, io);
    }
    case 'detach': {
      const options = detachOptionsOf(values);
      return (questions, io) => runDetach(options, questions, io);
    }
    case 'go':
      return () => passToGo([]);
    case 'who': {
      const past = pastOptionsOf(values);
      if (past !== undefined) return (questions, io) => runPast(past, questions, io);
      const options = whoOptionsOf(values);
      return (questions, io) => runWho(options, questions, io);
    }
    case 'grow': {
      const options = growOptionsOf(values);
      return (questions, io) => runGrow(options, questions, io);
    }
    case 'break': {
      const options = breakOptionsOf(values);
      return (questions, io) => runBreak(options, questions, io);
    }
    case 'record': {
      const options = recordOptionsOf(values);
      return (questions, io) => runRecord(options, questions, io);
    }
    case 'replay': {
      const request = replayRequestOf(words, values);
      return (questions, io) =>
        runReplay(request, (command, asked) => jobOf(command, [], asked), questions, io);
    }
    case 'report': {
      const options = reportOptionsOf(words[0], values);
      return (questions, io) => runReport(options, questions, io);
    }
    case 'export': {
      const options = exportOptionsOf(words, values);
      return (questions, io) => runExport(options, questions, io);
    }
    case 'serve': {
      const options = serveOptionsOf(values);
      return (questions, io) => runServe(options, questions, io);
    }
    case 'query': {
      const query = queryOptionsOf(words[0], values);
      return (questions, io) => runQuery(query, questions, io);
    }
    case 'rules': {
      const options = rulesOptionsOf(words);
      return (questions, io) => runRules(options, questions, io);
    }
    case 'dashboards': {
      const { folder, ...options } = dashboardsOptionsOf(words[0], values);
      return (questions, io) => runDashboards(options, folder, questions, io);
    }
    default:
      return assertUnreachable(name);
  }
}
