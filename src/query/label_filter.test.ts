import { describe, expect, it } from 'vitest';
import { labelMatcher } from './label_filter.ts';

describe('a filter by label', () => {
  const matches = (value: string, labels?: Record<string, string>): boolean =>
    labelMatcher({ name: 'route', value })(labels === undefined ? {} : { labels });

  it('wants the name as it is and a value that the glob matches', () => {
    expect(matches('/login*', { route: '/login/x' })).toBe(true);
    expect(matches('/login*', { route: '/buy', other: '/login' })).toBe(false);
    expect(matches('*', { other: 'x' })).toBe(false);
    expect(matches('*')).toBe(false);
    expect(matches('', { route: '' })).toBe(true);
    expect(labelMatcher({ name: 'toString', value: '*' })({ labels: {} })).toBe(false);
  });
});
