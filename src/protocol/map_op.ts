/** For faces that see protocol only: the words for operations are the model's. */
export { DEFAULT_OPS, MAP_OPS, type MapOp } from '../model/map_op.ts';
