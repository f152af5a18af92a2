import { describe, expect, it } from 'vitest';
import { traceContext } from './trace_context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const of = (labels: Readonly<Record<string, string>>): unknown => traceContext(Object.entries(labels));

describe('ids among labels', () => {
  it.each([
    'trace_id',
    'traceid',
    'trace-id',
    'TraceID',
    'trace.id',
    'otel.trace_id',
    'X-B3-TraceId',
    'dd.trace_id',
  ])('%s', (name) => {
    expect(of({ route: '/a', [name]: TRACE })).toEqual({ trace_id: TRACE });
    expect(of({ [name]: TRACE.toUpperCase() })).toEqual({ trace_id: TRACE });
  });

  it.each(['span_id', 'spanId', 'span-id', 'span.id', 'otel.span_id'])('%s', (name) => {
    expect(of({ [name]: SPAN })).toEqual({ span_id: SPAN });
  });

  it('a traceparent is taken apart, by the rules of its version', () => {
    expect(of({ traceparent: `00-${TRACE}-${SPAN}-01` })).toEqual({ trace_id: TRACE, span_id: SPAN });
    expect(of({ traceparent: `cc-${TRACE}-${SPAN}-01-more` })).toEqual({ trace_id: TRACE, span_id: SPAN });
    for (const wrong of [
      `00-${TRACE}-${SPAN}-01-more`,
      `ff-${TRACE}-${SPAN}-01`,
      `00-${TRACE.toUpperCase()}-${SPAN}-01`,
      `00-${TRACE}-${SPAN}`,
      `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`,
    ])
      expect(of({ traceparent: wrong }), wrong).toEqual({});
  });

  it('B3 and Jaeger in one label', () => {
    const both = { trace_id: TRACE, span_id: SPAN };
    expect(of({ b3: `${TRACE}-${SPAN}-1` })).toEqual(both);
    expect(of({ 'uber-trace-id': `${TRACE}:${SPAN}:0:1` })).toEqual(both);
    expect(of({ 'uber-trace-id': `1f:2e:0:1` })).toEqual({
      trace_id: '1f'.padStart(32, '0'),
      span_id: '2e'.padStart(16, '0'),
    });
  });

  it('numbers of Datadog are decimal', () => {
    expect(of({ 'dd.trace_id': '12345678901234567890', 'dd.span_id': '10' })).toEqual({
      trace_id: '0000000000000000ab54a98ceb1f0ad2',
      span_id: '000000000000000a',
    });
    expect(of({ 'span id': '10', 'local root span id': '11', 'trace endpoint': '/a' })).toEqual({
      span_id: '000000000000000a',
    });
    // 2^64 is none.
    expect(of({ 'dd.trace_id': '18446744073709551616' })).toEqual({});
  });

  it('64 bits are filled up, and a UUID has the digits of an id', () => {
    expect(of({ trace_id: SPAN })).toEqual({ trace_id: `${'0'.repeat(16)}${SPAN}` });
    expect(of({ trace_id: '4bf92f35-77b3-4da6-a3ce-929d0e0e4736' })).toEqual({ trace_id: TRACE });
  });

  it('nothing else is taken for an id', () => {
    const values = ['', 'req-17', '12345', '0'.repeat(32), TRACE.slice(1), `${TRACE}0`, `${TRACE.slice(1)}g`];
    for (const value of values) expect(of({ trace_id: value }), value).toEqual({});
    expect(of({ user: TRACE, request_id: TRACE })).toEqual({});
  });

  it('what is more certain comes first', () => {
    const other = 'f'.repeat(32);
    expect(of({ trace_id: other, traceparent: `00-${TRACE}-${SPAN}-01` })).toEqual({
      trace_id: TRACE,
      span_id: SPAN,
    });
    expect(of({ 'dd.trace_id': other, trace_id: TRACE })).toEqual({ trace_id: TRACE });
  });
});
