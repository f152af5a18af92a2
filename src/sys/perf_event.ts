import type { Fd } from './fd.ts';
import { addressOf, keepAlive, succeed, SYS, trySyscall } from './libc.ts';

/** ioctl requests: include/uapi/linux/perf_event.h. */
const PERF_EVENT_IOC_ENABLE = 0x2400;
const PERF_EVENT_IOC_DISABLE = 0x2401;
const PERF_EVENT_IOC_SET_OUTPUT = 0x2405;

/** Starts an event that was opened, or has been stopped. */
export function enableEvent(event: Fd): void {
  succeed(trySyscall(SYS.ioctl, event.number, PERF_EVENT_IOC_ENABLE, 0), 'starting a perf event');
}

/** Stops an event; its ring and its count can still be read. */
export function disableEvent(event: Fd): void {
  succeed(trySyscall(SYS.ioctl, event.number, PERF_EVENT_IOC_DISABLE, 0), 'stopping a perf event');
}

/** Lets an event write to the ring of another one of the same thread. */
export function shareRing(event: Fd, owner: Fd): void {
  succeed(
    trySyscall(SYS.ioctl, event.number, PERF_EVENT_IOC_SET_OUTPUT, owner.number),
    'sharing a perf ring',
  );
}

/** How often the event has happened, whether a record of it found room or not. */
export function eventCount(event: Fd): number {
  const count = new BigUint64Array(1);
  succeed(trySyscall(SYS.read, event.number, addressOf(count), 8), 'reading a perf event');
  keepAlive(count);
  return Number(count[0]);
}
