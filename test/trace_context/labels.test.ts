import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../src/protocol/event.ts';
import { buildGo } from '../support/go_build.ts';
import { asMutant, type Mutant } from '../ledger/mutants.ts';
import { compare } from './compare.ts';
import { printed, runLabelled } from './labelled.ts';

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

describe('labels of goroutines', () => {
  it.each([
    ['1.18.10', 'default', 'map'],
    ['1.21.13', 'default', 'map'],
    ['1.23.12', 'stripped', 'map'],
    ['1.24.13', 'default', 'list'],
    ['1.26.8', 'default', 'list'],
    ['1.26.8', 'stripped', 'list'],
    ['1.27.4', 'pie', 'list'],
  ] as const)('each event of Go %s (%s) has those that the program had', async (version, build, form) => {
    await runLabelled(buildGo('labels', version, build), [], ({ ledger, events, summary }) => {
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
    });
  });

  it.each(MUTANTS)('a wrong $name is noticed', async (mutant) => {
    await asMutant(mutant, (env) =>
      runLabelled(
        buildGo('labels'),
        [],
        ({ ledger, events }) => {
          expect(events).toHaveLength(ledger.length);
          expect(compare(ledger, events, 'list').wrong.length).toBeGreaterThan(0);
        },
        'trace',
        env,
      ),
    );
  });

  it('are shown as far as they may be, and filtered by whatever may be shown', async () => {
    const filter = ['--label', 'trace_id=4bf9*', '--labels=hash'];
    await runLabelled(buildGo('labels'), filter, ({ ledger, events }) => {
      const wanted = ledger.filter(({ labels }) => labels['trace_id'] !== undefined);
      expect(wanted.length).toBeGreaterThan(10);
      expect(events).toHaveLength(wanted.length);
      const values = new Set(events.map(({ labels }) => labels?.['trace_id']));
      expect([...values]).toEqual([expect.stringMatching(/^#[0-9a-f]{16}$/)]);
      expect(events.some((event) => event.trace_id !== undefined)).toBe(false);
    });
  });

  it('are not taken along where keys are not', async () => {
    await runLabelled(buildGo('labels'), ['--keys=none'], ({ events, ledger }) => {
      expect(events).toHaveLength(ledger.length);
      expect(events.some((event) => event.labels !== undefined || event.trace_id !== undefined)).toBe(false);
    });
  });

  it('are in a recording, with stacks, and the same filter finds them there', async () => {
    const program = buildGo('labels');
    await runLabelled(
      program,
      ['--stack=8'],
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
      'record',
    );
  });
});
