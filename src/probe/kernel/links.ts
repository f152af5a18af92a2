import { setImmediate as turn } from 'node:timers/promises';
import { type Closable, CloseStack } from '../../base/dispose.ts';
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

/** Sites to which a program is attached. `close` takes all of it out of the target. */
export interface Attachment extends Closable {
  /** Ends it: when this returns no hit is seen any more, though `close` may still have breakpoints to take out. */
  detach(): void;
  /** As `close`, with a turn of the event loop after each site, where each takes long. */
  takeOut(): Promise<void>;
}

/** Where a program is put, and how. */
export interface AttachSpec {
  readonly sites: readonly ProbeSite[];
  readonly scope: ProbeScope;
  readonly method: AttachMethod;
  /** Tells the program that nothing is wanted any more: with `perf`, where it must be loaded as stoppable. */
  readonly stop: () => void;
}

/** The path through which a scope's file is opened: always the running file itself for a process. */
export function scopePath(scope: ProbeScope): string {
  return scope.type === 'process' ? `/proc/${scope.pid}/exe` : scope.path;
}

/**
 * Attaches a program to sites. What is made goes to `own` at once; the end of this process detaches too.
 *
 * One gap is the kernel's: a SIGKILL that comes while it places or takes out breakpoints (milliseconds) makes it
 * give up halfway ("uprobe: failed to unregister, leaking uprobe" in dmesg). The program goes on; breakpoints
 * that stay behind call nothing and cost half a microsecond each time. Attaching to the same sites once more,
 * and closing, takes them out. A link for each site would shorten the gap, but takes 50 ms each to close.
 */
export function attachSites(program: Fd, { sites, scope, method, stop }: AttachSpec, own: Own): Attachment {
  if (method === 'multi') return own(new OneLink(linkMulti(program, sites, scope)));
  const links = own(new PerfLinks(stop));
  for (const site of sites) links.add(program, site, scope);
  return links;
}

/** All sites by one link: closing it takes as long as one grace period of the kernel. */
class OneLink implements Attachment {
  readonly #link: Fd;

  constructor(link: Fd) {
    this.#link = link;
  }

  detach(): void {
    this.close();
  }

  takeOut(): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  close(): void {
    this.#link.close();
  }
}

/**
 * A link and a perf event for each site. To close one, the kernel waits for five grace periods, 60 to 100 ms, and
 * those of different sites wait for each other (kernel/trace/trace_event_perf.c, event_mutex), whatever thread
 * closes them. So the program is told to let all hits pass, and the first site is taken out: the grace
 * periods of that one are the proof that no program which began before still runs.
 */
class PerfLinks implements Attachment {
  readonly #stop: () => void;
  readonly #sites: CloseStack[] = [];
  #stopped = false;

  constructor(stop: () => void) {
    this.#stop = stop;
  }

  add(program: Fd, site: ProbeSite, scope: ProbeScope): void {
    const closing = new CloseStack();
    this.#sites.push(closing);
    const own = closing.add.bind(closing);
    const pid = scope.type === 'process' ? scope.pid : -1;
    const event = own(openUprobeEvent(uprobePmu(), scopePath(scope), site.offset, pid));
    own(linkPerfEvent(program, event, site.index));
  }

  detach(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#stop();
    this.#sites.shift()?.close();
  }

  async takeOut(): Promise<void> {
    this.detach();
    for (let site = this.#sites.shift(); site !== undefined; site = this.#sites.shift()) {
      // A promise alone would let no signal in.
      await turn();
      site.close();
    }
  }

  close(): void {
    this.detach();
    for (const site of this.#sites.splice(0)) site.close();
  }
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

function uprobePmu(): number {
  const pmu = uprobePmuType();
  if (pmu !== undefined) return pmu;
  throw new MapauditError('kernel-missing', 'this kernel has no uprobes (CONFIG_UPROBE_EVENTS)', {
    hint: 'A kernel with CONFIG_UPROBES=y and CONFIG_UPROBE_EVENTS=y is needed.',
    fields: { option: 'CONFIG_UPROBE_EVENTS' },
  });
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
