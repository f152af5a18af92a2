import { expect, it } from 'vitest';
import { messageOf } from './live.ts';

it('reads messages, and passes over beats and what it does not know', () => {
  expect(messageOf('id: 1\ndata: {"type":"window","start":1,"length_ms":1000,"counts":[]}')).toMatchObject({
    start: 1,
  });
  expect(messageOf('data: {"type":"window",\ndata: "start":2}')).toMatchObject({ start: 2 });
  for (const block of [': beat', 'retry: 2000', 'data: {"type":"other"}', 'data: {', 'data: null', ''])
    expect(messageOf(block)).toBeUndefined();
});

it('throws what the server says has failed', () => {
  expect(() =>
    messageOf('event: failed\ndata: {"type":"error","code":"x","message":"gone wrong","hint":"mapaudit ps"}'),
  ).toThrow('gone wrong');
});
