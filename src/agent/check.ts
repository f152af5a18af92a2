import type { Closable } from '../base/dispose.ts';
import { isMapauditError, type MapauditError } from '../base/errors.ts';
import { type GoBinary, openGoBinary } from '../go/go_binary.ts';
import { planProbes } from '../go/plan/plan.ts';
import { NEWEST_KNOWN_MINOR } from '../go/versions/runtime_offsets.ts';
import { bias } from '../model/addr.ts';
import type { Pid } from '../model/ids.ts';
import { MAP_OPS } from '../model/map_op.ts';
import type { ProbePlan } from '../model/probe_plan.ts';
import { kernelRequirements, tracingRefused } from '../probe/kernel/requirements.ts';
import { verifySites } from '../probe/kernel/verify_sites.ts';
import type { CheckReport, Requirement } from '../protocol/check_report.ts';
import type { CheckSubject } from '../protocol/selection.ts';
import { checkBinary, checkReport } from '../query/check_report.ts';
import { versionName } from '../query/version_name.ts';
import { openFile } from '../sys/file_source.ts';
import { selectPids } from './select.ts';
import { Target } from './target.ts';

/** One report for a file; one for each different binary that the selected processes run. */
export function check(subject: CheckSubject): readonly CheckReport[] {
  const sync = subject.sync === true;
  if (subject.type === 'file') return [checkFile(subject.path, sync)];
  if (subject.type === 'exe') {
    const [first] = selectPids(subject);
    return [first === undefined ? checkFile(subject.path, sync) : checkProcess(first, sync).report];
  }
  const reports = new Map<string, CheckReport>();
  for (const pid of selectPids(subject)) {
    try {
      const { identity, report } = checkProcess(pid, sync);
      if (!reports.has(identity)) reports.set(identity, report);
    } catch (error) {
      if (subject.type === 'pid' || !isMapauditError(error)) throw error;
    }
  }
  return [...reports.values()];
}

function checkFile(path: string, sync: boolean): CheckReport {
  const file = openFile(path);
  return closing(file, () => {
    const binary = openGoBinary(file);
    return checkReport(checkBinary(binary, path, file.size), planAll(binary, sync), [
      ...kernelRequirements(),
      ...newerRelease(binary),
    ]);
  });
}

function checkProcess(pid: Pid, sync: boolean): { readonly identity: string; readonly report: CheckReport } {
  const target = Target.open(pid);
  return closing(target, () => {
    const { binary, facts } = target;
    const plan = planAll(binary, sync);
    const file = openFile(`/proc/${pid}/exe`);
    return closing(file, () => {
      const { container, exe, exeReplaced, name } = facts;
      const report = checkReport(
        checkBinary(binary, exe ?? file.name, file.size),
        plan,
        [...kernelRequirements(), ...newerRelease(binary), codeAsPlanned(target, plan)],
        {
          pid,
          name,
          ...(container === undefined ? {} : { container }),
          ...(exeReplaced ? { exe_replaced: true } : {}),
        },
      );
      return { identity: file.identity, report };
    });
  });
}

const planAll = (binary: GoBinary, sync: boolean): ProbePlan =>
  planProbes(binary, { ops: MAP_OPS, exits: true, sync });

/** That the program is of a release which is not known, when it is: it was opened because all of it is as known. */
function newerRelease({ assumed, version }: GoBinary): Requirement[] {
  if (!assumed) return [];
  const detail = `${versionName(version)} is newer than this mapaudit, but made as go1.${NEWEST_KNOWN_MINOR}: tables, map types, goroutines and code were compared`;
  return [{ name: 'Go release', kind: 'target', met: true, detail }];
}

/** Whether what stands at each site in the process is what was planned. */
function codeAsPlanned(target: Target, plan: ProbePlan): Requirement {
  const base = { name: "the process's code", kind: 'target' as const };
  if (target.memory.read(target.binary.moduleData.text + target.bias, 1) === undefined)
    return refused(base, tracingRefused(target.pid, `/proc/${target.pid}/mem`));
  try {
    verifySites(target.memory, bias(target.bias), plan.sites);
    return { ...base, met: true, detail: 'as planned at each site' };
  } catch (error) {
    if (!isMapauditError(error)) throw error;
    return refused(base, error);
  }
}

function refused(base: Pick<Requirement, 'name' | 'kind'>, { message, hint }: MapauditError): Requirement {
  return { ...base, met: false, detail: message, ...(hint === undefined ? {} : { hint }) };
}

function closing<T>(what: Closable, use: () => T): T {
  try {
    return use();
  } finally {
    what.close();
  }
}
