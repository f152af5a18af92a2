import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../src/protocol/event.ts';
import { buildGo } from '../support/go_build.ts';
import { buildHooked } from '../support/mapaudit_go.ts';
import { buildMutants, type HookMutant } from '../ledger/hook_mutants.ts';
import { asMutant, type Mutant } from '../ledger/mutants.ts';
import { compare } from './compare.ts';
import { type Labelled, printed, runForeign, runLabelled } from './labelled.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const isEvent = (line: { readonly type: string }): line is TraceEvent => line.type === 'event';

/** One wrong fact each; the comparison has to notice it. */
const MUTANTS: readonly Mutant[] = [
  {
    name: 'offset of the labels',
    plan: 'plan.offsets = { ...plan.offsets, gLabels: plan.offsets.gLabels - 8 };',
    noticedBy: 'labels',
  },
  {
    name: 'form of the labels',
    plan: `plan.offsets = { ...plan.offsets, labelsForm: 'map' };`,
    noticedBy: 'labels',
  },
  { name: 'length of a value', code: ['label->value_length = at_most(words->value_length', 'label->value_length = at_most(words->name_length'], noticedBy: 'labels' },
  { name: 'number of labels', code: ['labels->total = slice[1];', 'labels->total = 8;'], noticedBy: 'labels' },
]; // prettier-ignore

const INLINE = ['--probe', 'inline'];
/** Hook and inline probe leave no map out, and record them all quickly. */
const FEW = { programArgs: ['-goroutines', '4', '-rounds', '50'] };

/** Without a rebuild. */
const WAYS = [
  ['kernel', {}],
  ['inline', FEW],
] as const;

const HOOK_MUTANTS: readonly HookMutant[] = [
  { name: 'number of labels', after: '\t\tto.total = uint64(n)\n', then: 'to.total = 8', noticedBy: 'labels' },
  { name: 'length of a text', after: '\tfrom, n := *(*unsafe.Pointer)(text), *(*uintptr)(add(text, 8))\n', then: 'if n > 1 { n-- }', noticedBy: 'labels' },
  { name: 'order of name and value', after: 'func mapauditTakeLabel(to *mapauditLabel, name, value unsafe.Pointer) {\n', then: 'name, value = value, name', noticedBy: 'labels' },
]; // prettier-ignore

function expectLabels({ ledger, events, summary }: Labelled, form: 'map' | 'list'): void {
  const { wrong, compared, labelled, cut, tooMany, missing, extra } = compare(ledger, events, form);
  expect(wrong).toEqual([]);
  expect([missing, extra, summary?.lost]).toEqual([0, 0, 0]);
  expect(compared).toBe(ledger.length);
  expect(labelled).toBe(ledger.filter(({ labels }) => Object.keys(labels).length > 0).length);
  expect(cut).toBeGreaterThan(20);
  expect(tooMany).toBeGreaterThan(20);
  const traced = events.filter((event) => event.trace_id !== undefined);
  for (const name of ['trace_id', 'traceparent'])
    expect(
      traced.some((e) => e.labels?.[name] !== undefined && e.trace_id === TRACE && e.span_id === SPAN),
      name,
    ).toBe(true);
  expect(traced.find((event) => event.labels?.['dd.trace_id'])).toMatchObject({
    trace_id: '0000000000000000ab54a98ceb1f0ad2',
    span_id: '000000000000000a',
  });
}

function expectStacks(result: Labelled, form: 'map' | 'list'): void {
  expectLabels(result, form);
  for (const { stack = [] } of result.events)
    expect(stack.some((frame) => frame.function.startsWith('main.'))).toBe(true);
}

describe('labels of goroutines', () => {
  it.each([
    ['1.18.10', 'default', 'map'],
    ['1.21.13', 'default', 'map'],
    ['1.24.13', 'default', 'list'],
    ['1.26.8', 'default', 'list'],
    ['1.26.8', 'stripped', 'list'],
    ['1.27.4', 'default', 'list'],
  ] as const)('each event of Go %s (%s) has those that the program had', async (version, build, form) => {
    await runLabelled(buildGo('labels', version, build), [], (result) => expectLabels(result, form));
  });

  it.each([
    ['1.18.10', 'map'],
    ['1.26.8', 'list'],
  ] as const)(
    'through the hook, each event of Go %s has those that the program had',
    async (version, form) => {
      const program = buildHooked('labels', version);
      await runLabelled(program, ['--probe', 'build'], (result) => expectLabels(result, form), FEW);
      const stacks = ['--probe', 'build', '--stack=8'];
      await runLabelled(program, stacks, (result) => expectStacks(result, form), FEW);
    },
  );

  it.each([
    ['1.18.10', 'default', 'map'],
    ['1.23.12', 'stripped', 'map'],
    ['1.24.13', 'default', 'list'],
    ['1.26.8', 'default', 'list'],
    ['1.26.8', 'stripped', 'list'],
    ['1.27.4', 'default', 'list'],
  ] as const)(
    'through the inline probe, each event of Go %s (%s) has those that the program had',
    async (version, build, form) => {
      const program = buildGo('labels', version, build);
      await runLabelled(program, INLINE, (result) => expectLabels(result, form), FEW);
      await runLabelled(program, [...INLINE, '--stack=8'], (result) => expectStacks(result, form), FEW);
    },
  );

  it.each(MUTANTS)('a wrong $name is noticed', async (mutant) => {
    await asMutant(mutant, (env) =>
      runLabelled(
        buildGo('labels'),
        [],
        ({ ledger, events, summary }) => {
          expect([events.length, summary?.lost]).toEqual([ledger.length, 0]);
          expect(compare(ledger, events, 'list').wrong.length).toBeGreaterThan(0);
        },
        { env },
      ),
    );
  });

  it.each(HOOK_MUTANTS.map((mutant, i) => ({ ...mutant, number: i + 1 })))(
    'a wrong $name of the hook is noticed',
    async ({ number }) => {
      await runLabelled(
        buildMutants('labels', HOOK_MUTANTS),
        ['--probe', 'build'],
        ({ ledger, events }) => {
          expect(events).toHaveLength(ledger.length);
          expect(compare(ledger, events, 'list').wrong.length).toBeGreaterThan(0);
        },
        { ...FEW, programEnv: { MAPAUDIT_MUTANT: String(number) } },
      );
    },
  );

  it('of a program that keeps its last operations are not read, which is said, and --label is refused', async () => {
    const program = buildHooked('labels');
    const recorded = { ...FEW, programEnv: { MAPAUDIT: 'record=last:100000' } };
    await runLabelled(
      program,
      ['--probe', 'build'],
      ({ ledger, events, said }) => {
        expect(events).toHaveLength(ledger.length);
        expect(events.some((event) => event.labels !== undefined)).toBe(false);
        expect(said).toContain('"code":"labels-unread"');
      },
      recorded,
    );
    const filtered = runLabelled(
      program,
      ['--probe', 'build', '--label', 'user=*'],
      () => undefined,
      recorded,
    );
    await expect(filtered).rejects.toThrow(/--label needs labels/);
  });

  it.each(WAYS)(
    'are shown as far as they may be, and filtered by whatever may be shown (%s)',
    async (probe, run) => {
      const filter = ['--probe', probe, '--label', 'trace_id=4bf9*', '--labels=hash'];
      const check = ({ ledger, events }: Labelled): void => {
        const wanted = ledger.filter(({ labels }) => labels['trace_id'] !== undefined);
        expect(wanted.length).toBeGreaterThan(10);
        expect(events).toHaveLength(wanted.length);
        const values = new Set(events.map(({ labels }) => labels?.['trace_id']));
        expect([...values]).toEqual([expect.stringMatching(/^#[0-9a-f]{16}$/)]);
        expect(events.some((event) => event.trace_id !== undefined)).toBe(false);
      };
      await runLabelled(buildGo('labels'), filter, check, run);
    },
  );

  it.each(WAYS)('are not taken along where keys are not (%s)', async (probe, run) => {
    const check = ({ events, ledger }: Labelled): void => {
      expect(events).toHaveLength(ledger.length);
      expect(events.some((event) => event.labels !== undefined || event.trace_id !== undefined)).toBe(false);
    };
    await runLabelled(buildGo('labels'), ['--probe', probe, '--keys=none'], check, run);
  });

  it.each(WAYS)(
    'are in a recording, with stacks, and the same filter finds them there (%s)',
    async (probe, run) => {
      const program = buildGo('labels');
      await runLabelled(
        program,
        ['--probe', probe, '--stack=8'],
        async ({ ledger, file }) => {
          const all = (await printed(['replay', file, 'trace', '--json', '--stack=8'])).filter(isEvent);
          expect(compare(ledger, all, 'list').wrong).toEqual([]);
          expect(all).toHaveLength(ledger.length);
          expect(all.every(({ stack = [] }) => stack.some((f) => f.function.startsWith('main.')))).toBe(true);
          const some = await printed(['replay', file, 'trace', '--json', '--label', 'user=ann?']);
          expect(some.filter(isEvent)).toHaveLength(
            ledger.filter(({ labels }) => labels['user'] === 'anna').length,
          );
        },
        { ...run, command: 'record' },
      );
    },
  );

  /** How many events of the program tell what of their labels: each of its eight goroutines does 100 operations. */
  const FOREIGN = { unreadable: 500, missing: 200, none: 100 };
  const OLD = { unreadable: 600, missing: 0, none: 200 };

  it.each([
    ['kernel', '1.23.12', OLD],
    ['kernel', '1.26.8', FOREIGN],
    ['inline', '1.23.12', OLD],
    ['inline', '1.27.4', FOREIGN],
    ['build', '1.18.10', OLD],
    ['build', '1.26.8', FOREIGN],
  ] as const)(
    'what another package keeps where labels are is not followed: %s, Go %s',
    async (probe, version, expected) => {
      const program = probe === 'build' ? buildHooked('foreign', version) : buildGo('foreign', version);
      const { events, said } = await runForeign(program, ['--probe', probe]);
      expect(events.length, said).toBe(800);
      expect(tallyOf(events)).toEqual(expected);
    },
  );
});

/** How much of the labels is told. Errors: one that is told to be read, for none is there. */
function tallyOf(events: readonly TraceEvent[]): { unreadable: number; missing: number; none: number } {
  const tally = { unreadable: 0, missing: 0, none: 0 };
  for (const { labels, labels_missing, labels_unreadable } of events) {
    expect(labels).toBeUndefined();
    tally[labels_unreadable === true ? 'unreadable' : labels_missing === undefined ? 'none' : 'missing']++;
  }
  return tally;
}
