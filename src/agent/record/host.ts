import { arch, cpus, hostname, release, totalmem, type } from 'node:os';
import { readFileSync } from 'node:fs';
import type { About, RecordedProcess } from '../../evidence/about.ts';
import type { RecordOptions } from '../../protocol/evidence.ts';
import { versionName } from '../../query/version_name.ts';
import { packageFile } from '../../sys/package_file.ts';
import type { Audit } from '../audit.ts';
import { Target } from '../target.ts';
import { processRef } from './audit_counts.ts';

/** What the file begins with. */
export function aboutOf(options: RecordOptions, growth: boolean): About {
  const { selection, filters, keys, labels, sampleEvery: sample, frames, races } = options;
  return {
    type: 'evidence',
    mapaudit: ownVersion(),
    began: new Date().toISOString(),
    host: {
      name: hostname(),
      kernel: `${type()} ${release()}`,
      machine: arch(),
      cpus: cpus().length,
      memory_bytes: totalmem(),
    },
    recorded: {
      selection,
      filters,
      keys,
      ...(labels === undefined ? {} : { labels }),
      sample,
      frames,
      growth,
      races: races !== undefined,
    },
  };
}

/** The process of an audit; undefined where it is a file's, whose processes come later. */
export function recordedProcess(audit: Audit): RecordedProcess | undefined {
  const { pid } = audit.attached;
  if (pid === undefined) return undefined;
  const { started, name, buildId } = processRef(audit, pid);
  const target = audit.target(pid);
  const facts = target instanceof Target ? target.facts : undefined;
  return {
    type: 'recorded_process',
    pid,
    ...(started === undefined ? {} : { started }),
    name,
    ...(facts?.exe === undefined ? {} : { exe: facts.exe }),
    ...(buildId === undefined ? {} : { build_id: buildId }),
    ...(target === undefined ? {} : { go_version: versionName(target.binary.version) }),
    ...(facts?.container === undefined ? {} : { container: facts.container }),
  };
}

export function ownVersion(): string {
  const path = packageFile('package.json');
  if (path === undefined) return 'unknown';
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
