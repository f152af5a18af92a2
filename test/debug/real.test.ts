import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Target } from '../../src/agent/target.ts';
import { openDebugInfo } from '../../src/go/debug/debug_info.ts';
import { evaluate, mapHeader } from '../../src/inspect/expr/evaluate.ts';
import { packageScope } from '../../src/inspect/expr/scope.ts';
import { findMaps } from '../../src/inspect/find/find_maps.ts';
import type { Program } from '../../src/inspect/place/program.ts';
import type { Pid } from '../../src/model/ids.ts';
import { inflate } from '../../src/sys/inflate.ts';
import { type RealProgram, startNats } from '../real/programs.ts';

const SERVER = 'github.com/nats-io/nats-server/v2/server';

describe('nats-server', () => {
  let nats: RealProgram;
  let target: Target;
  let program: Program;

  beforeAll(async () => {
    nats = await startNats();
    target = Target.open(nats.pid as Pid);
    const { binary, bias, memory, types } = target;
    program = { binary, bias, memory, types, debug: openDebugInfo(binary, inflate, types, bias) };
  });
  afterAll(() => {
    target.close();
    nats.stop();
  });

  it('knows variables by full and by short name, and what they hold', () => {
    const scope = packageScope(program, program.debug!);
    const value = (text: string): ReturnType<typeof evaluate> => evaluate(text, { program, scope });
    for (const [name, type] of [
      ['cipherMap', 'map[string]*tls.CipherSuite'],
      ['cipherMapByID', 'map[uint16]*tls.CipherSuite'],
      ['clientTypeStringMap', 'map[int]string'],
    ]) {
      const full = value(`${SERVER}.${name}`);
      expect(full.type.name).toBe(type);
      expect(value(`server.${name}`).address).toBe(full.address);
      const header = mapHeader(full)!;
      // count of an hmap, used of a maps.Map: both the first word.
      expect(program.memory.read(header, 1)![0]).toBeGreaterThan(0);
    }
    expect(() => value('server.cipherMop')).toThrow(
      expect.objectContaining({ code: 'no-such-variable', hint: 'Did you mean server.cipherMap?' }) as Error,
    );
  });

  it('finds the maps of the server, which goroutines alone refer to', () => {
    const { maps, cuts } = findMaps(program, program.debug!, { stacks: true });
    const ofServer = maps.filter((map) => map.owner?.type === 'server.Server');
    expect(ofServer.map((map) => map.owner?.field)).toEqual(
      expect.arrayContaining(['clients', 'routes', 'leafs']),
    );
    expect(maps.some((map) => map.owner?.type === 'server.Account' && map.owner.field === 'clients')).toBe(
      true,
    );
    expect(cuts).toEqual([]);
  });
});
