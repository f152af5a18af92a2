import type { Closable } from '../base/dispose.ts';
import { openGoBinary } from '../go/go_binary.ts';
import { pid } from '../model/ids.ts';
import type { ExplainOptions, ExplainReport } from '../protocol/explain_report.ts';
import { explainPlace, explainTypes } from '../query/explain_report.ts';
import { openFile } from '../sys/file_source.ts';
import { processFacts } from '../sys/proc/process.ts';
import { noSuchProcess } from './target.ts';

/** Reads the binary and nothing else; that of a process through /proc, so that it is the one that runs. */
export function explain(options: ExplainOptions): ExplainReport {
  const { subject, where, map } = options;
  const facts = subject.type === 'pid' ? processFacts(pid(subject.pid)) : undefined;
  if (subject.type === 'pid' && facts === undefined) throw noSuchProcess(subject.pid);
  const path = subject.type === 'pid' ? `/proc/${subject.pid}/exe` : subject.path;
  const file = openFile(path);
  return closing(file, () => {
    const name = facts?.exe ?? path;
    const binary = openGoBinary({ name, read: (at, length) => file.read(at, length) });
    return map === undefined ? explainPlace(binary, name, where ?? '') : explainTypes(binary, name, map);
  });
}

function closing<T>(what: Closable, use: () => T): T {
  try {
    return use();
  } finally {
    what.close();
  }
}
