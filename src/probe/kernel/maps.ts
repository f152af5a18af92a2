import type { Closable } from '../../base/dispose.ts';
import {
  BPF_F_NO_PREALLOC,
  BPF_F_RDONLY_PROG,
  BPF_MAP_TYPE_ARRAY,
  BPF_MAP_TYPE_RINGBUF,
  createMap,
  freezeMap,
  updateElement,
  updateElements,
} from '../../sys/bpf.ts';
import type { Fd } from '../../sys/fd.ts';
import { onlineCpus, possibleCpus } from '../../sys/cpus.ts';
import type { ElfObject } from './object/elf_object.ts';
import { type MapDefinition, mapDefinitions } from './object/map_definitions.ts';

/** The maps of one running probe. */
export interface ProbeMaps {
  named(name: string): Fd;
  /** As relocations ask for it. */
  numberOf(name: string): number | undefined;
  /** One ring for each CPU that is online. */
  readonly rings: readonly Fd[];
}

type Own = <T extends Closable>(item: T) => T;

/** What is chosen for maps beyond their definitions. */
export interface MapWishes {
  readonly ringBytes: number;
  /** Over all CPUs. */
  readonly counterSlots: number;
  /** Tables that no program will look into: they get no room. */
  readonly unused: ReadonlySet<string>;
  /**
   * The kernel can make elements of hash maps while a tracing program runs (Linux 6.1). Older ones warn, or
   * refuse; there all room is made beforehand, which takes longer.
   */
  readonly growing: boolean;
}

/** Makes all maps that the object declares. Each is handed to `own`, also when a later one fails. */
export function createMaps(object: ElfObject, readOnly: Uint8Array, wishes: MapWishes, own: Own): ProbeMaps {
  const cpus = possibleCpus();
  const rings = onlineCpus().map((cpu) => ({ cpu, fd: own(createRing(cpu, wishes.ringBytes)) }));
  const maps = new Map<string, Fd>();
  for (const definition of mapDefinitions(object)) {
    const inner = definition.name === 'rings' ? rings[0]?.fd : undefined;
    const maxEntries = entriesOf(definition, cpus, wishes);
    const flags = wishes.growing ? definition.flags : definition.flags & ~BPF_F_NO_PREALLOC;
    const spec = { ...definition, maxEntries, flags, ...(inner === undefined ? {} : { inner }) };
    maps.set(definition.name, own(createMap(spec)));
  }
  maps.set('.rodata', own(createReadOnly(readOnly)));
  const named = (name: string): Fd => {
    const fd = maps.get(name);
    if (fd === undefined) throw new Error(`internal: no BPF map ${name}`);
    return fd;
  };
  updateElements(
    named('rings'),
    rings.length,
    u32(...rings.map((r) => r.cpu)),
    u32(...rings.map((r) => r.fd.number)),
  );
  return { named, numberOf: (name) => maps.get(name)?.number, rings: rings.map(({ fd }) => fd) };
}

export const u32 = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);

function entriesOf(
  { name, maxEntries }: MapDefinition,
  cpus: number,
  { counterSlots, unused }: MapWishes,
): number {
  if (unused.has(name)) return 1;
  if (name === 'rings') return cpus;
  return name === 'counter_slots' ? counterSlots : maxEntries;
}

function createRing(cpu: number, bytes: number): Fd {
  const type = BPF_MAP_TYPE_RINGBUF;
  return createMap({ name: `ring_${cpu}`, type, keySize: 0, valueSize: 0, maxEntries: bytes, flags: 0 });
}

/** Frozen before the programs are loaded: the verifier then sees its contents as constants. */
function createReadOnly(contents: Uint8Array): Fd {
  const fd = createMap({
    name: 'mapaudit_ro',
    type: BPF_MAP_TYPE_ARRAY,
    keySize: 4,
    valueSize: contents.length,
    maxEntries: 1,
    flags: BPF_F_RDONLY_PROG,
  });
  updateElement(fd, u32(0), contents);
  freezeMap(fd);
  return fd;
}
