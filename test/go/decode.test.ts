import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../src/go/pclntab/frames.ts';
import type { SlotLayout } from '../../src/go/types/go_type.ts';
import { addr, fileAddr } from '../../src/model/addr.ts';
import type { Build } from '../support/go_build.ts';
import { type RuntimeFrame, tellFacts, type Told } from './facts.ts';

/** One binary of each layout of tables, types and maps; stripped and position-independent ones besides. */
const BINARIES: readonly (readonly [string, Build])[] = [
  ['1.18.10', 'default'],
  ['1.18.10', 'pie'],
  ['1.21.13', 'default'],
  ['1.24.13', 'stripped'],
  ['1.26.8', 'N'],
  ['1.26.8', 'default'],
  ['1.27.4', 'default'],
  ['1.27.4', 'cgo'],
  ['1.27.4', 'pie'],
];
/** No multiple of any alignment: all places of instructions come up. */
const STEP = 61;

/** The runtime writes type arguments as `[...]` from 1.21 on, and the table has them before. */
const plain = (name: string): string => name.replace(/\[.*\]/, '[...]');
const asText = ({ function: name, file, line }: Frame | RuntimeFrame): string =>
  `${plain(name)} ${file}:${line}`;
const KINDS: Readonly<Record<string, string>> = { ptr: 'pointer', 'unsafe.Pointer': 'unsafePointer' };

describe.each(BINARIES)('Go %s, %s: what is read from the file', { timeout: 240_000 }, (version, build) => {
  let told: Told;
  beforeAll(() => {
    told = tellFacts(version, build, STEP);
  });
  const framesAt = (pc: number): readonly Frame[] => told.binary.frames(fileAddr(pc - 1 - told.bias));

  it('has the frames of stacks as the runtime has them, inlined calls too', () => {
    const { facts } = told;
    expect(facts.stacks.length).toBeGreaterThanOrEqual(15);
    let inlined = 0;
    for (const stack of facts.stacks)
      stack.forEach((frame, i) => {
        const found = framesAt(frame.pc);
        inlined += found.length - 1;
        expect(found[0] === undefined ? undefined : asText(found[0])).toBe(asText(frame));
        // The calls that it was inlined into are the next frames of the stack.
        expect(found.map(asText)).toEqual(stack.slice(i, i + found.length).map(asText));
      });
    if (build === 'N') expect(inlined).toBe(0);
    else expect(inlined).toBeGreaterThan(10);
  });

  it('has function, file and line of addresses all over the code', () => {
    // The runtime does not go back from an address at which a function begins: no call ends there.
    const begins = ({ pc }: RuntimeFrame): boolean =>
      told.binary.functionAt(fileAddr(pc - told.bias))?.start === pc - told.bias;
    const asked = told.facts.addresses.filter((frame) => frame.function !== '' && !begins(frame));
    const differing = asked.flatMap((frame) => {
      const [found] = framesAt(frame.pc);
      const ours = found === undefined ? 'nothing' : asText(found);
      return ours === asText(frame) ? [] : [`${ours} is ${asText(frame)}`];
    });
    expect(differing).toEqual([]);
    expect(asked.length).toBeGreaterThan(5000);
  });

  it('has the functions of the symbol table at their addresses', { skip: build === 'stripped' }, () => {
    const { path, binary } = told;
    const listed = execFileSync('go', ['tool', 'nm', path], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const { text, etext } = binary.moduleData;
    const differing: string[] = [];
    let compared = 0;
    for (const line of listed.split('\n')) {
      const [address = '', kind, ...rest] = line.trim().split(/\s+/);
      const [at, name] = [parseInt(address, 16), rest.join(' ')];
      if (!/^[Tt]$/.test(kind ?? '') || at < text || at >= etext || !name.startsWith('main.')) continue;
      compared++;
      const found = binary.functionAt(fileAddr(at));
      if (found?.start !== at || plain(found.name) !== plain(name))
        differing.push(`${name}: ${found?.name ?? ''}`);
      if (binary.functionNamed(found?.name ?? '') === undefined)
        differing.push(`${name} is not found by name`);
    }
    expect(differing).toEqual([]);
    expect(compared).toBeGreaterThan(20);
  });

  it('has the types as reflect has them', () => {
    const { facts, bias } = told;
    const types = told.binary.typeReader();
    expect(facts.types.length).toBeGreaterThan(50);
    const at = (address: number): number => address - bias;
    for (const type of facts.types) {
      const address = addr(at(type.address));
      const { name, size, named } = type;
      const kind = KINDS[type.kind] ?? type.kind;
      expect(types.head(address), name).toMatchObject({ name, kind, size, named });
      if (kind === 'struct')
        expect(types.fields(address), name).toEqual(
          (type.fields ?? []).map((field) => ({ ...field, type: at(field.type) })),
        );
      if (kind === 'array')
        expect(types.array(address), name).toEqual({ elem: at(type.elem ?? 0), length: type.len ?? 0 });
      if (kind === 'interface') expect(types.hasMethods(address), name).toBe(type.methods);
      if (['pointer', 'slice', 'chan'].includes(kind))
        expect(types.elem(address), name).toBe(at(type.elem ?? 0));
      if (kind === 'map')
        expect(types.map(address), name).toMatchObject({ key: at(type.key ?? 0), elem: at(type.elem ?? 0) });
    }
  });

  it('knows of all map types, and what lies behind pointers', () => {
    const { facts, binary, bias } = told;
    const types = binary.typeReader();
    const maps = facts.types.filter((type) => type.kind === 'map');
    const known = new Set<number>(binary.mapTypes());
    expect(maps.filter((type) => !known.has(type.address - bias)).map((type) => type.name)).toEqual([]);
    const sizes = new Map(facts.types.map((type) => [type.address, type.size]));
    for (const { address, name, key = 0, elem = 0 } of maps)
      expect(types.map(addr(address - bias)), name).toMatchObject({
        indirectKey: (sizes.get(key) ?? 0) > 128,
        indirectElem: (sizes.get(elem) ?? 0) > 128,
      });
  });

  it('says where keys and elements lie', () => {
    const { facts, bias } = told;
    const types = told.binary.typeReader();
    expect(facts.slots).toHaveLength(5);
    for (const { map, key, elem } of facts.slots) {
      const type = types.map(addr(map - bias));
      const layout = type?.layout;
      expect([...key, ...elem], type?.name).toEqual(
        layout === undefined
          ? []
          : [keyAt(layout, 0), keyAt(layout, 1), elemAt(layout, 0), elemAt(layout, 1)],
      );
    }
  });
});

/** A classic bucket has eight bytes of hash, eight keys, eight elements. */
function keyAt(layout: SlotLayout, i: number): number {
  return layout.kind === 'classic' ? 8 + i * layout.keySlot : layout.keysOffset + i * layout.keyStride;
}

function elemAt(layout: SlotLayout, i: number): number {
  return layout.kind === 'classic'
    ? 8 + 8 * layout.keySlot + i * layout.elemSlot
    : layout.elemsOffset + i * layout.elemStride;
}
