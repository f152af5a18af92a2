import { readFileSync } from 'node:fs';
import { Fd } from './fd.ts';
import { onlineCpus } from './cpus.ts';
import { addressOf, keepAlive, succeed, SYS, trySyscall } from './libc.ts';

const PERF_FLAG_FD_CLOEXEC = 8;
const ATTR_SIZE = 112; // PERF_ATTR_SIZE_VER5
const UPROBE_TYPE = '/sys/bus/event_source/devices/uprobe/type';

/** The number of the uprobe PMU, or undefined when the kernel has none (CONFIG_UPROBE_EVENTS). */
export function uprobePmuType(): number | undefined {
  try {
    return Number(readFileSync(UPROBE_TYPE, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * A perf event for one uprobe of one process: all its threads hit it, those yet to come too. Never with
 * `inherit`: the target dies at its next clone. include/uapi/linux/perf_event.h, struct perf_event_attr.
 */
export function openUprobeEvent(pmu: number, path: string, offset: number, pid: number): Fd {
  const file = new TextEncoder().encode(`${path}\0`);
  const attr = new Uint8Array(ATTR_SIZE);
  const view = new DataView(attr.buffer);
  view.setUint32(0, pmu, true);
  view.setUint32(4, ATTR_SIZE, true);
  view.setBigUint64(56, addressOf(file), true); // config1: uprobe_path
  view.setBigUint64(64, BigInt(offset), true); // config2: probe_offset
  // A process, or (pid -1) everything on a CPU: a BPF program at the latter kind runs on all CPUs.
  const cpu = pid === -1 ? (onlineCpus()[0] ?? 0) : -1;
  const result = trySyscall(SYS.perfEventOpen, addressOf(attr), pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
  keepAlive(attr, file);
  return new Fd(succeed(result, `opening a uprobe at ${path}+${offset}`), `uprobe ${path}+${offset}`);
}
