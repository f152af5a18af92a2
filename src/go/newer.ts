import { messageOf } from '../base/errors.ts';
import { view } from '../binary/elf/bounded_reader.ts';
import { decodeX86 } from '../binary/x86/instruction.ts';
import { addr, type FileAddr, fileAddr, hex } from '../model/addr.ts';
import type { GoVersion } from '../model/go_version.ts';
import type { GoBinary } from './go_binary.ts';
import type { MapType } from './types/go_type.ts';
import { tooNew } from './versions/too_new.ts';

/** Where goroutines are made: go1.18–1.27 src/runtime/proc.go. */
const MAKES_GOROUTINES = 'runtime.newproc1';
/** What newproc1 fills in right before g.startpc: ancestors, gopc, parentGoid. go1.21–1.27 src/runtime/runtime2.go. */
const BEFORE_STARTPC = [8, 16, 24];
/** The runtime itself assigns to maps of strings. */
const ALWAYS_LINKED = ['runtime.mapassign_faststr', 'runtime.mapassign'];
/** Enough to see that descriptors are made otherwise. */
const LOOKED_AT = 300;
const SLOTS = 8;
/** abi.MapType.Group, a type that has no name: go1.27.4 src/internal/abi/map.go. Its size is its first word. */
const GROUP = 64;

/**
 * A program of a release that is newer than the tables is taken for one of the newest known release when all
 * that can be seen of it confirms that; the plan then looks at the code of each function. Otherwise the error
 * `go-too-new`, whose field `check` says what does not hold.
 */
export function confirmNewer({ text }: GoVersion, open: () => GoBinary): GoBinary {
  const confirmed = <T>(check: string, holds: () => T): T => {
    try {
      return holds();
    } catch (cause) {
      throw tooNew(text, check, messageOf(cause), cause);
    }
  };
  const binary = confirmed('function and module tables', open);
  confirmed('map functions', () => checkMapFunctions(binary));
  confirmed('map types', () => checkMapTypes(binary));
  confirmed('goroutine offsets', () => checkGoroutines(binary));
  return binary;
}

/** A function that is absent is a path never taken only if functions still have these names. */
function checkMapFunctions(binary: GoBinary): void {
  if (ALWAYS_LINKED.every((name) => binary.functionNamed(name) === undefined))
    throw new Error(`there is no ${ALWAYS_LINKED.join(', nor ')}`);
}

/** A map's name is made of those of its key and element, and its slots lie in the group that it names. */
function checkMapTypes(binary: GoBinary): void {
  const types = binary.typeReader();
  const found = binary.mapTypes().slice(0, LOOKED_AT);
  if (found.length === 0) throw new Error('no map type was found');
  for (const address of found) {
    const map = types.map(addr(address));
    const [key, elem] = map === undefined ? [] : [types.head(map.key), types.head(map.elem)];
    if (map === undefined || key === undefined || elem === undefined)
      throw new Error(`the map type at ${hex(address)} cannot be read`);
    if (!map.named && map.name !== `map[${key.name}]${elem.name}`)
      throw new Error(`${map.name} has keys of ${key.name} and elements of ${elem.name}`);
    const group = groupSize(binary, address);
    if (!fits(map, key.size, elem.size, group))
      throw new Error(`the slots of ${map.name} do not lie in its group of ${group ?? 'unknown'} bytes`);
  }
}

function groupSize(binary: GoBinary, map: FileAddr): number | undefined {
  const group = wordAt(binary, map + GROUP);
  return group === undefined ? undefined : wordAt(binary, group);
}

function wordAt(binary: GoBinary, address: number): number | undefined {
  const bytes = binary.read(fileAddr(address), 8);
  return bytes === undefined ? undefined : Number(view(bytes).getBigUint64(0, true));
}

function fits(
  { layout, indirectKey, indirectElem }: MapType,
  key: number,
  elem: number,
  group?: number,
): boolean {
  if (layout.kind !== 'swiss' || group === undefined || layout.groupSize !== group) return false;
  const { keysOffset, keyStride, elemsOffset, elemStride } = layout;
  const keysEnd = keysOffset + (SLOTS - 1) * keyStride + (indirectKey ? 8 : key);
  const elemsEnd = elemsOffset + (SLOTS - 1) * elemStride + (indirectElem ? 8 : elem);
  return keysOffset === SLOTS && elemsOffset > keysOffset - 1 && keysEnd <= group && elemsEnd <= group;
}

/** The function that makes goroutines writes their id, start and labels where the tables have them. */
function checkGoroutines(binary: GoBinary): void {
  const f = binary.functionNamed(MAKES_GOROUTINES);
  if (f === undefined) throw new Error(`${MAKES_GOROUTINES} is not there`);
  const stored = new Set<number>();
  for (const { mnemonic, memory, op1 } of decodeX86(binary.readCode(f), f.start))
    if (mnemonic === 'mov' && op1 !== undefined && memory?.base !== undefined && memory.base !== 'RSP')
      stored.add(memory.displacement);
  const { gGoid, gStartpc, gLabels } = binary.offsets;
  const missing = [gGoid, gStartpc, gLabels, ...BEFORE_STARTPC.map((n) => gStartpc - n)].filter(
    (n) => !stored.has(n),
  );
  if (missing.length > 0) throw new Error(`${MAKES_GOROUTINES} stores nothing at ${missing.join(', ')}`);
}
