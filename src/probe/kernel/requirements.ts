import { readlinkSync } from 'node:fs';
import { isMapauditError, MapauditError } from '../../base/errors.ts';
import { type Capability, missingForKernelProbe, ownCapabilities } from '../../sys/capabilities.ts';
import { ERRNO } from '../../sys/errno.ts';
import { uprobePmuType } from '../../sys/perf.ts';
import { supportsUprobeMulti, tryRingBuffer } from './features.ts';

/** One thing that the kernel probe needs of the machine or of the user's rights. */
export interface KernelRequirement {
  readonly name: string;
  readonly kind: 'capability' | 'kernel';
  readonly met: boolean;
  readonly optional?: boolean;
  readonly detail?: string;
  readonly hint?: string;
}

const FOR_USERS = [
  'Run it with sudo,',
  'or give Node the rights once: sudo setcap cap_bpf,cap_perfmon,cap_sys_ptrace+ep "$(command -v node)"',
  '(every Node program of this machine has them then).',
].join(' ');
/** Of a container's root, to whom sudo gives nothing. */
const FOR_ROOT = [
  'You are root, but without it, as in most containers:',
  'start the container with --cap-add BPF --cap-add PERFMON --cap-add SYS_PTRACE (or --privileged),',
  'or run mapaudit outside of it.',
].join(' ');

/** What to do about rights that are missing. */
export function rightsHint(isRoot = process.geteuid?.() === 0): string {
  return isRoot ? FOR_ROOT : FOR_USERS;
}

const NEWER_KERNEL = 'Linux 5.15 or later with CONFIG_BPF_SYSCALL=y is needed.';

/** The error for rights that are missing. */
export function missingCapability(missing: readonly Capability[]): MapauditError {
  return new MapauditError('missing-capability', `the kernel probe needs ${missing.join(' and ')}`, {
    hint: rightsHint(),
    fields: { missing: missing.join(' ') },
  });
}

/**
 * The error for something of a process (`what`: `/proc/42/exe`) that may not be read. The kernel asks for CAP_SYS_PTRACE
 * where the process has another user, more capabilities, or Yama is strict: ptrace(2), "access mode checking".
 */
export function tracingRefused(pid: number, what: string, cause?: unknown): MapauditError {
  if (isGone(pid))
    return new MapauditError('no-such-process', `process ${pid} has ended meanwhile`, {
      hint: 'mapaudit ps lists the Go processes that run now.',
      cause,
    });
  const own = ownCapabilities();
  if (own.has('CAP_SYS_PTRACE'))
    return new MapauditError('no-permission', `${what} may not be read, even with CAP_SYS_PTRACE`, {
      hint: 'The process is in another user namespace, or a security module (AppArmor, SELinux) forbids it: run mapaudit outside of the container.',
      cause,
    });
  const missing: readonly Capability[] = [...missingForKernelProbe(own), 'CAP_SYS_PTRACE'];
  const others = missing.length === 1 ? '' : ` (auditing it needs ${missing.slice(0, -1).join(' and ')} too)`;
  return new MapauditError(
    'missing-capability',
    `${what} may not be read: that needs CAP_SYS_PTRACE${others}`,
    { hint: rightsHint(), fields: { missing: missing.join(' ') }, cause },
  );
}

/** Says what stands behind an error of a system call, where that is known. */
export function explainFailure(error: unknown): unknown {
  if (!isMapauditError(error, 'syscall-failed')) return error;
  const errno = error.fields['errno'];
  if (errno === ERRNO.EPERM || errno === ERRNO.EACCES)
    return new MapauditError('not-permitted', `the kernel refuses: ${error.message}`, {
      hint: `${rightsHint()} In a container, the container needs these capabilities too, and a seccomp profile that allows bpf(2) and perf_event_open(2).`,
      cause: error,
    });
  if (errno === ERRNO.ENOSYS)
    return new MapauditError('kernel-missing', 'this kernel has no BPF (CONFIG_BPF_SYSCALL)', {
      hint: 'A kernel with CONFIG_BPF_SYSCALL=y is needed.',
      fields: { option: 'CONFIG_BPF_SYSCALL' },
      cause: error,
    });
  if (errno === ERRNO.EINVAL && tryRingBuffer() === ERRNO.EINVAL)
    return new MapauditError('kernel-missing', 'this kernel has no BPF ring buffers', {
      hint: NEWER_KERNEL,
      fields: { option: 'BPF_MAP_TYPE_RINGBUF' },
      cause: error,
    });
  if (errno === ERRNO.ENOMEM)
    return new MapauditError('no-memory', `the kernel has no memory for the probe: ${error.message}`, {
      hint: 'Make the rings smaller (--ring 1M). On kernels before 5.11 raise the limit first: ulimit -l unlimited',
      cause: error,
    });
  return error;
}

/** Everything that the kernel probe needs, met or not, for `check`. */
export function kernelRequirements(): readonly KernelRequirement[] {
  const missing = missingForKernelProbe();
  const rights: KernelRequirement = {
    name: 'CAP_BPF, CAP_PERFMON',
    kind: 'capability',
    met: missing.length === 0,
    ...(missing.length === 0 ? {} : { detail: `missing: ${missing.join(', ')}`, hint: rightsHint() }),
  };
  return missing.length === 0 ? [rights, ringBuffer(), uprobes(), uprobeMulti()] : [rights];
}

function ringBuffer(): KernelRequirement {
  const errno = tryRingBuffer();
  const base = { name: 'BPF ring buffer', kind: 'kernel' as const, met: errno === undefined };
  if (errno === undefined) return base;
  return {
    ...base,
    detail: `errno ${errno}`,
    hint: NEWER_KERNEL,
  };
}

function uprobes(): KernelRequirement {
  const met = uprobePmuType() !== undefined;
  const base = { name: 'uprobes', kind: 'kernel' as const, met };
  return met
    ? base
    : { ...base, hint: 'A kernel with CONFIG_UPROBES=y and CONFIG_UPROBE_EVENTS=y is needed.' };
}

function uprobeMulti(): KernelRequirement {
  const met = supportsUprobeMulti();
  const base = { name: 'uprobe_multi', kind: 'kernel' as const, met, optional: true };
  return met
    ? base
    : { ...base, detail: 'attaching and detaching take longer', hint: 'Linux 6.6 or later has it.' };
}

/** A process that is just ending has no memory any more: the kernel then refuses, or says that there is no file. */
function isGone(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/exe`);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');
  }
}
