import type { Brand } from '../base/brand.ts';

/** A process id (thread group id), in mapaudit's own pid namespace. */
export type Pid = Brand<number, 'Pid'>;
/** A thread id. */
export type Tid = Brand<number, 'Tid'>;
/** A goroutine id (`runtime.g.goid`); 0 is a system stack. */
export type Goid = Brand<number, 'Goid'>;
/** `#3`: mapaudit's own number for one life of one map. It outlives growth, not reuse of the address. */
export type MapId = Brand<number, 'MapId'>;

export const pid = (n: number): Pid => n as Pid;
export const tid = (n: number): Tid => n as Tid;
export const goid = (n: number): Goid => n as Goid;
export const mapId = (n: number): MapId => n as MapId;
