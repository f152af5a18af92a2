import { expect, it } from 'vitest';
import { NoticeBook } from './notice_book.ts';

it('says the same again after a minute, whatever the wall clock says', () => {
  const book = new NoticeBook();
  book.say('lost', undefined, { at: 10_000_000, now: 0 });
  book.say('lost', undefined, { at: 90_000_000, now: 30_000 });
  expect(book.all).toHaveLength(1);
  book.say('lost', undefined, { at: 6_000_000, now: 61_000, code: 'clock-set' });
  expect(book.all).toEqual([
    { at: 10_000_000, message: 'lost' },
    { at: 6_000_000, code: 'clock-set', message: 'lost' },
  ]);
});
