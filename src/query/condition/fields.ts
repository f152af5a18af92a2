import { MAP_OPS } from '../../model/map_op.ts';

/** What a field holds. `key` may be a string or a number, as the map's key type has it. */
export type FieldType = 'number' | 'string' | 'bool' | 'key';

/** One field of an event that a condition may ask about. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** For the list of fields in docs and messages. */
  readonly help: string;
  /** A path or qualified name: `==` also holds for its end behind a slash (`cache.go`, `shop.(*Cache).evict`). */
  readonly path?: true;
  /** All values there are. */
  readonly values?: readonly string[];
}

/** Every field of a condition. */
export const FIELDS = [
  { name: 'op', type: 'string', help: 'the operation', values: MAP_OPS },
  { name: 'len', type: 'number', help: 'entries in the map before the operation' },
  { name: 'found', type: 'bool', help: 'the key was in the map' },
  { name: 'key', type: 'key', help: 'the key: a string, a number, or the Go syntax of anything else' },
  { name: 'goroutine', type: 'number', help: 'id of the goroutine' },
  { name: 'goroutine.start', type: 'string', help: 'the function that the goroutine began with', path: true },
  { name: 'caller', type: 'string', help: 'the function that does it', path: true },
  { name: 'file', type: 'string', help: 'its source file', path: true },
  { name: 'line', type: 'number', help: 'its line' },
  { name: 'map.type', type: 'string', help: 'type of the map' },
  { name: 'map.id', type: 'number', help: "mapaudit's number of the map" },
  { name: 'thread', type: 'number', help: 'id of the thread' },
  { name: 'pid', type: 'number', help: 'id of the process' },
] as const satisfies readonly Field[];

export type FieldName = (typeof FIELDS)[number]['name'];

/** The field of this name. */
export const fieldNamed = (name: string): (Field & { readonly name: FieldName }) | undefined =>
  FIELDS.find((field) => field.name === name);
