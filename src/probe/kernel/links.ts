import type { Closable } from '../../base/dispose.ts';
import { MapauditError } from '../../base/errors.ts';
import type { ProbeScope } from '../../model/probe.ts';
import type { ProbeSite } from '../../model/probe_plan.ts';
import { linkPerfEvent, tryLinkUprobeMulti } from '../../sys/bpf.ts';
import { ERRNO } from '../../sys/errno.ts';
import { Fd } from '../../sys/fd.ts';
import { syscallError } from '../../sys/libc.ts';
import { openUprobeEvent, uprobePmuType } from '../../sys/perf.ts';

/** How probes are attached: all at once (Linux 6.6 and later), or one by one. */
export type AttachMethod = 'multi' | 'perf';

type Own = <T extends Closable>(item: T) => T;

/** The path through which a scope's file is opened: always the running file itself for a process. */
export function scopePath(scope: ProbeScope): string {
  return scope.type === 'process' ? `/proc/${scope.pid}/exe` : scope.path;
}

/**
 * Attaches a program to sites. What is made goes to `own`; closing it detaches, and so does the end of this process.
 *
 * One gap is the kernel's: a SIGKILL that comes while it places or takes out breakpoints (milliseconds) makes it
 * give up halfway ("uprobe: failed to unregister, leaking uprobe" in dmesg). The program goes on; breakpoints
 * that stay behind call nothing and cost half a microsecond each time. Attaching to the same sites once more,
 * and closing, takes them out. A link for each site would shorten the gap, but takes 50 ms each to close.
 */
export function attachSites(
  program: Fd,
  sites: readonly ProbeSite[],
  scope: ProbeScope,
  method: AttachMethod,
  own: Own,
): void {
  if (sites.length === 0) return;
  if (method === 'multi') own(linkMulti(program, sites, scope));
  else for (const site of sites) attachOne(program, site, scope, own);
}

function linkMulti(program: Fd, sites: readonly ProbeSite[], scope: ProbeScope): Fd {
  const result = tryLinkUprobeMulti(program, {
    path: scopePath(scope),
    offsets: sites.map((site) => site.offset),
    cookies: sites.map((site) => site.index),
    pid: scope.type === 'process' ? scope.pid : 0,
  });
  if (result.ok) return new Fd(result.value, `uprobe_multi link with ${sites.length} sites`);
  throw attachError(result.errno, scope);
}

function attachOne(program: Fd, site: ProbeSite, scope: ProbeScope, own: Own): void {
  const pmu = uprobePmuType();
  if (pmu === undefined)
    throw new MapauditError('kernel-missing', 'this kernel has no uprobes (CONFIG_UPROBE_EVENTS)', {
      hint: 'A kernel with CONFIG_UPROBES=y and CONFIG_UPROBE_EVENTS=y is needed.',
      fields: { option: 'CONFIG_UPROBE_EVENTS' },
    });
  const event = own(
    openUprobeEvent(pmu, scopePath(scope), site.offset, scope.type === 'process' ? scope.pid : -1),
  );
  own(linkPerfEvent(program, event, site.index));
}

function attachError(errno: number, scope: ProbeScope): MapauditError {
  if ((errno === ERRNO.ESRCH || errno === ERRNO.ENOENT) && scope.type === 'process')
    return noSuchProcess(scope.pid);
  return syscallError('attaching uprobes', errno);
}

export function noSuchProcess(pid: number): MapauditError {
  return new MapauditError('no-such-process', `there is no process ${pid}`, {
    hint: 'mapaudit ps lists the Go processes that run now.',
    fields: { pid },
  });
}
