import { describe, expect, it } from 'vitest';
import { programOf } from '../../src/agent/inspect.ts';
import { Target } from '../../src/agent/target.ts';
import { type Evaluated, evaluate } from '../../src/inspect/expr/evaluate.ts';
import { packageScope } from '../../src/inspect/expr/scope.ts';
import { keyLookup } from '../../src/inspect/lookup.ts';
import type { Program } from '../../src/inspect/place/program.ts';
import { pid } from '../../src/model/ids.ts';
import { buildGo } from '../support/go_build.ts';
import { RUNTIMES } from './hashed.ts';
import { startInspected } from './inspected.ts';

/** A program, with a count of the bytes that are read of its memory. */
function counted(program: Program): { readonly program: Program; readonly take: () => number } {
  const { memory, debug } = program;
  let bytes = 0;
  const read = (at: number, length: number): Uint8Array | undefined => {
    bytes += length;
    return memory.read(at, length);
  };
  return {
    program: { ...program, debug, memory: { name: memory.name, read } },
    take: () => [bytes, (bytes = 0)][0] ?? 0,
  };
}

const text = (found: Evaluated): unknown[] => [
  found.type.name,
  found.address,
  Buffer.from(found.read(0, found.type.size) ?? []).toString('hex'),
];

const EXPRESSIONS = [
  'main.cache.sessions["sess:015"]',
  'main.cache.sessions["sess:" ].User',
  'main.cache.byPoint[main.Point{X: 1, Y: -2, Name: "a b"}][7]',
  'main.cache.byPoint[Point{1, -2, "a b"}][ID(8)]',
  'main.odd[1]',
  'main.odd["two"]',
  'main.odd[ID(4)]',
  'main.odd[int16(1)]',
  'main.floats[0.5]',
  'main.floats[0.25]',
  'main.big[2999]',
  'main.big[300000]',
  'main.holes[8]',
  'main.holes[9]',
  'main.list[1][1]',
  'main.empty["x"]',
  // The key is the value of another expression: main.Session.Count is 15.
  'main.big[main.cache.sessions["sess:015"].Count]',
  'main.odd[main.cache.sessions["sess:001"].Count]',
];
const ABSENT = ['sess:" ', 'ID(8)', '0.25', '300000', 'holes[9]', 'empty'];

describe('a key in an expression', { timeout: 300_000 }, () => {
  it.each(RUNTIMES)(
    'is found by its hash as by comparing all: $go $experiment',
    async ({ go, experiment }) => {
      const running = await startInspected(buildGo('inspect', go, 'default', experiment), '-big', '20000');
      const target = Target.open(pid(running.pid));
      try {
        const { program, take } = counted(programOf(target));
        const scope = packageScope(program, program.debug!);
        const value = (expression: string, lookup: ReturnType<typeof keyLookup>): unknown => {
          try {
            return text(evaluate(expression, { program, scope, lookup }));
          } catch (error) {
            return (error as { code: string }).code;
          }
        };
        const byHash = keyLookup(program, () => false);
        const byAll = keyLookup(
          program,
          () => false,
          () => undefined,
        );
        for (const expression of EXPRESSIONS) {
          const wanted = value(expression, byAll);
          expect([expression, value(expression, byHash)]).toEqual([expression, wanted]);
          if (ABSENT.some((part) => expression.includes(part))) expect(wanted).toBe('no-such-key');
          else if (expression.includes('int16')) expect(wanted).toBe('wrong-key');
          else expect(wanted).toHaveLength(3);
        }
        // What the process drew for its hash functions is read once more with each look-up: that is all.
        value('main.big[17777]', byHash);
        take();
        expect(value('main.big[17777]', byHash)).toEqual(value('main.big[17777]', byHash));
        expect(take()).toBeLessThan(20_000);
        value('main.big[17777]', byAll);
        expect(take()).toBeGreaterThan(320_000);
      } finally {
        target.close();
        running.stop();
      }
    },
  );
});
