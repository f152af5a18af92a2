import { describe, expect, it } from 'vitest';
import { isMapauditError } from '../../../base/errors.ts';
import { momentOf } from './moments.ts';
import { parseTextQuery } from './parse.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const parse = (text: string) => parseTextQuery(text, NOW);

function fault(text: string): { message: string; position: unknown; hint: string | undefined } {
  try {
    parse(text);
  } catch (error) {
    if (isMapauditError(error, 'usage-query'))
      return {
        message: error.message.split('\n')[0] ?? '',
        position: error.fields['position'],
        hint: error.hint,
      };
  }
  throw new Error(`${text} is understood`);
}

describe('parseTextQuery', () => {
  it('understands the whole of it', () => {
    expect(
      parse(
        `deletes by site, type where type ~ 'map\\[string\\]' and site != main.run and key=a last 10m top 5`,
      ),
    ).toEqual({
      text: `deletes by site, type where type ~ 'map\\[string\\]' and site != main.run and key=a last 10m top 5`,
      subject: { kind: 'operations', ops: ['delete'] },
      by: ['site', 'type'],
      where: [
        { field: 'type', sign: '~', value: 'map\\[string\\]', at: 35 },
        { field: 'site', sign: '!=', value: 'main.run', at: 63 },
        { field: 'key', sign: '=', value: 'a', at: 80 },
      ],
      from: NOW - 600_000,
      to: NOW,
      top: 5,
    });
  });

  it('means the last hour and twenty rows where nothing is said', () => {
    expect(parse('Growth')).toMatchObject({
      subject: { kind: 'growth' },
      by: [],
      where: [],
      from: NOW - 3_600_000,
      to: NOW,
      top: 20,
    });
  });

  it.each([
    ['operations last 1h30m', NOW - 5_400_000, NOW],
    ['operations last 2d', NOW - 2 * 86_400_000, NOW],
    ['operations since 11:30', NOW - 1_800_000, NOW],
    ['operations since 13:00', NOW - 23 * 3_600_000, NOW],
    ['operations since 11:30 until 11:45:30', NOW - 1_800_000, NOW - 870_000],
    ['operations since 2026-02-28', NOW - 36 * 3_600_000, NOW],
    ['operations since 2026-03-01 10:00', NOW - 7_200_000, NOW],
    ['operations since 2026-03-01T10:00:00+02:00', NOW - 4 * 3_600_000, NOW],
    [`operations since ${NOW - 5} until now`, NOW - 5, NOW],
    ['operations until 11:00', NOW - 7_200_000, NOW - 3_600_000],
  ])('%s', (text, from, to) => {
    expect(parse(text)).toMatchObject({ from, to });
  });

  it.each([
    ['', 0, 'what is asked for?', /A question looks like/],
    ['delets by site', 0, 'delets is nothing that can be asked for', /Did you mean deletes/],
    ['deletes by sites', 11, 'sites is nothing to group by', /Did you mean site/],
    ['deletes by', 10, 'something is missing here', /Use one of site/],
    ['deletes bye site', 8, 'bye has no meaning here', /Did you mean by/],
    ['deletes last ten', 13, 'ten is not a duration', /last 10m/],
    ['deletes last', 12, 'a duration is missing here', /last 10m/],
    ['deletes top 0', 12, '0 is not a number from 1 to 10000', /top 20/],
    ['deletes where type Session', 19, 'a comparison is missing here', /type ~ 'text'/],
    ['deletes where type ~', 20, 'what is type compared with?', /between quotes/],
    [`deletes where type ~ 'x`, 21, 'this text is never closed', /Add a '/],
    ['deletes where tipe ~ x', 14, 'tipe is nothing that can be compared', /Did you mean type/],
    ['deletes where op = del', 19, 'del is no operation', /Did you mean delete/],
    ['deletes last 5m last 6m', 16, 'last stands here twice', /once/],
    ['deletes last 5m since 11:00', 27, 'last and since stand beside each other', /one of them/],
    ['deletes since 11:00 until 10:00', 31, 'the time ends before it begins', /before until/],
    ['deletes since 2026-02-31', 14, '2026-02-31 is not a moment', /since 12:00/],
    ['deletes since 99:00', 14, '99:00 is not a moment', /since 12:00/],
    ['constructor', 0, 'constructor is nothing that can be asked for', /Use one of/],
  ])('%s: says where and what', (text, position, message, hint) => {
    const told = fault(text);
    expect([told.position, told.message]).toEqual([position, message]);
    expect(told.hint).toMatch(hint);
  });

  it('ends on anything (2,000 random questions)', () => {
    const words = [
      'deletes',
      'by',
      'site',
      ',',
      'where',
      '~',
      "'a",
      'last',
      '5m',
      '!',
      '=',
      'top',
      '9',
      '\\',
      '"',
      'und',
      '\n',
    ];
    let seed = 3;
    for (let round = 0; round < 2000; round++) {
      let text = '';
      for (let i = 0; i < 8; i++) {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
        text += `${words[seed % words.length]!}${seed % 3 === 0 ? '' : ' '}`;
      }
      try {
        parse(text);
      } catch (error) {
        expect(error).toMatchObject({ code: 'usage-query' });
      }
    }
  });
});

it('momentOf takes no time that there is not', () => {
  expect(momentOf('2026-13-01', NOW)).toBeUndefined();
  expect(momentOf('25:00', NOW)).toBeUndefined();
  expect(momentOf('yesterday', NOW)).toBeUndefined();
});
