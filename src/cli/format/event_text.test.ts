import { expect, test } from 'vitest';
import type { TraceEvent } from '../../protocol/event.ts';
import { labelsText } from './event_text.ts';

const event: TraceEvent = {
  type: 'event',
  time: '2026-03-01T12:01:33.102000417Z',
  op: 'delete',
  function: 'runtime.mapdelete_faststr',
  map: {},
  thread: 1,
};

test('labels in one line, the trace first and once', () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  expect(labelsText(event)).toBe('');
  expect(
    labelsText({
      ...event,
      labels: { route: '/login', trace_id: trace, user: 'anna b', 'a=b': '' },
      labels_cut: ['route'],
      labels_missing: 3,
      trace_id: trace,
      span_id: '00f067aa0ba902b7',
    }),
  ).toBe(`trace ${trace}  span 00f067aa0ba902b7  route=/login…  user="anna b"  "a=b"=""  and 3 more`);
  expect(labelsText({ ...event, labels_unreadable: true })).toBe('<unreadable>');
});

test('labels steer no terminal', () => {
  const text = labelsText({ ...event, labels: { x: '\u001b[31mred\u202e' } });
  expect(text).not.toMatch(/[\u001b\u202e]/u);
  expect(text).toContain('red');
});
