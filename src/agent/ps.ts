import { userInfo } from 'node:os';
import { readFileSync } from 'node:fs';
import { isMapauditError } from '../base/errors.ts';
import { type GoIdentity, identifyGo } from '../go/identify.ts';
import type { ProcessEntry } from '../protocol/process_entry.ts';
import { versionName } from '../query/version_name.ts';
import { openFile } from '../sys/file_source.ts';
import { listProcesses, type ProcessFacts } from '../sys/proc/process.ts';

/** Errors that say that a process is not Go's: such processes are not listed. */
const NOT_GO = new Set([
  'not-go',
  'elf-not-elf',
  'elf-not-executable',
  'no-such-file',
  'elf-corrupt',
  'cannot-open',
]);

/** Every Go process of this machine, by pid. */
export function listGoProcesses(): readonly ProcessEntry[] {
  const users = userNames();
  return listProcesses()
    .map((facts) => entryOf(facts, users))
    .filter((entry) => entry !== undefined)
    .sort((a, b) => a.pid - b.pid);
}

function entryOf(facts: ProcessFacts, users: ReadonlyMap<number, string>): ProcessEntry | undefined {
  const base = {
    type: 'process' as const,
    pid: facts.pid,
    name: facts.name,
    ...(facts.exe === undefined ? {} : { exe: facts.exe }),
    user: users.get(facts.uid) ?? String(facts.uid),
    ...(facts.container === undefined ? {} : { container: facts.container }),
  };
  try {
    const { version, flavour } = identify(facts);
    const replaced = facts.exeReplaced
      ? { reason: 'its file was replaced since it began; that does not matter' }
      : {};
    return { ...base, go_version: versionName(version), flavour, auditable: true, ...replaced };
  } catch (error) {
    if (!isMapauditError(error) || NOT_GO.has(error.code)) return undefined;
    // What may not be read may be anything: it is not listed for others' processes without name.
    if (error.code === 'no-permission') return undefined;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return { ...base, auditable: false, reason: error.message, ...hint };
  }
}

function identify({ pid, exe }: ProcessFacts): GoIdentity {
  const file = openFile(`/proc/${pid}/exe`);
  try {
    return identifyGo({ name: exe ?? file.name, read: (at, n) => file.read(at, n) });
  } finally {
    file.close();
  }
}

/** Names by uid. */
function userNames(): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const [name, , uid] = line.split(':');
      if (name !== undefined && uid !== undefined) names.set(Number(uid), name);
    }
  } catch {
    const { uid, username } = userInfo();
    names.set(uid, username);
  }
  return names;
}
