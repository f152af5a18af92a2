/** What stands in the header of a classic map (`runtime.hmap`, Go <= 1.23). */
export interface ClassicHeader {
  readonly layout: 'classic';
  /** Number of buckets: 2^B. */
  readonly buckets: number;
  /** Overflow buckets; approximate from 2^16 buckets on, as the runtime's own count is. */
  readonly overflow: number;
  /** Somebody iterates: hmap.flags, iterator or oldIterator. Never cleared before the next growth. */
  readonly iterated: boolean;
  readonly writing: boolean;
  /** A growth whose buckets are still being moved. */
  readonly migration?: {
    readonly old_buckets: number;
    /** Old buckets below this number have been moved. */
    readonly evacuated: number;
    /** As many buckets as before: a growth that only straightens overflow chains. */
    readonly same_size: boolean;
  };
}

/** What stands in the header of a Swiss map (`internal/runtime/maps.Map`, Go >= 1.24). */
export interface SwissHeader {
  readonly layout: 'swiss';
  /** One group of eight slots, and no table. */
  readonly small: boolean;
  /** Entries of the directory, 2^global_depth; several may name the same table. */
  readonly directory: number;
  readonly global_depth: number;
  readonly writing: boolean;
  /** Some table may hold tombstones (from Go 1.25 on). */
  readonly tombstones_possible?: boolean;
  /** The table that the function works on, where it works on one. */
  readonly table?: SwissTable;
}

/** What stands in an `internal/runtime/maps.table`. */
export interface SwissTable {
  readonly capacity: number;
  readonly used: number;
  /** Slots that may still be filled before it must grow. */
  readonly growth_left: number;
  readonly tombstones: number;
  readonly local_depth: number;
}

export type MapHeader = ClassicHeader | SwissHeader;

/** The registers in which Go passes arguments, in their order. go1.26.8 src/cmd/compile/abi-internal.md, amd64. */
export const ARGUMENT_REGISTERS = ['RAX', 'RBX', 'RCX', 'RDI', 'RSI', 'R8', 'R9', 'R10', 'R11'] as const;

export type Registers = Readonly<Record<(typeof ARGUMENT_REGISTERS)[number], string>>;

/** What a hit saw of the map itself, where it was asked for. What could not be read is absent. */
export interface FactsOfEvent {
  readonly header?: MapHeader;
  readonly registers: Registers;
}
