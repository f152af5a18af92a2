/** What can be done to a map. `iterate` is the start of a range loop; `grow` is the runtime's own doing inside an assign. */
export type MapOp = 'delete' | 'assign' | 'clear' | 'grow' | 'access' | 'iterate';

export const MAP_OPS: readonly MapOp[] = ['delete', 'assign', 'clear', 'grow', 'access', 'iterate'];

/** What is traced when nobody says otherwise: writes and growth. */
export const DEFAULT_OPS: readonly MapOp[] = ['delete', 'assign', 'clear', 'grow'];

/** Operations that change which keys a map holds. */
export const WRITE_OPS: readonly MapOp[] = ['delete', 'assign', 'clear'];

/** Operations that change nothing: the most frequent ones, which are left uncounted before the others are. */
export const READ_OPS: readonly MapOp[] = ['access', 'iterate'];

export const isRead = (op: MapOp): boolean => READ_OPS.includes(op);
