import { describe, expect, it } from 'vitest';
import { storyOptions, tell } from './story.ts';

const EXITS = storyOptions(true);

/** The numbers of the maps, in the order of the records. */
const ids = (story: string, options = EXITS): string =>
  tell(story, options)
    .map((line) => line.slice(line.indexOf('#') + 1))
    .join(' ');

describe('MapIdentity', () => {
  it('keeps a number through growth', () => {
    expect(ids('g1 assign m1 8\n g1 grow m1 8\n g1 exit-assign m1 9\n g1 access m1 9')).toBe('1 1 1');
  });

  it('knows of a map after growth what it knew before', () => {
    const grown = 'g1 assign m1 8 s1\n g1 grow m1 8 s1 writing\n g1 exit-assign m1 9 s1\n';
    expect(ids(`${grown} g1 access m1 9 s1`)).toBe('1 1 1');
    expect(ids(`${grown} g2 assign m1 0 s2`)).toBe('1 1 2');
    expect(ids(`${grown} g2 assign m1 9 s2`)).toBe('1 1 2');
  });

  it('has no number for the nil map', () => {
    expect(ids('g1 delete m0 0\n g1 delete m1 0')).toBe('0 1');
  });

  it('gives a new one when the type is another, but adopts a type it did not know', () => {
    expect(ids('g1 access m1 3 t0\n g1 access m1 3 t1\n g1 access m1 3 t0\n g1 access m1 3 t2')).toBe(
      '1 1 1 2',
    );
  });

  it('lets the caller say which types are one', () => {
    const canonicalType = (): number => 7;
    expect(ids('g1 access m1 3 t1\n g1 access m1 3 t2', { ...EXITS, canonicalType })).toBe('1 1');
  });

  it('gives a new one when the count cannot be the same map’s', () => {
    expect(ids('g1 access m1 3\n g1 access m1 4')).toBe('1 2');
    expect(ids('g1 delete m1 3\n g1 exit-delete m1 2\n g1 access m1 3')).toBe('1 2');
    expect(ids('g1 clear m1 3\n g1 exit-clear m1 0\n g1 access m1 1')).toBe('1 2');
  });

  it('gives a new one when the seed is another, though the count fits', () => {
    expect(ids('g1 access m1 3 s1\n g1 access m1 3 s2')).toBe('1 2');
    expect(ids('g1 assign m1 3 s1\n g1 exit-assign m1 4 s1\n g1 access m1 4 s2')).toBe('1 2');
  });

  it('knows that a map gets another seed when its last entry goes', () => {
    const emptied = 'g1 delete m1 1 s1\n g1 exit-delete m1 0 s2\n';
    expect(ids(`${emptied} g1 assign m1 0 s2`)).toBe('1 1');
    expect(ids(`${emptied} g1 assign m1 0 s3`)).toBe('1 2');
    expect(ids('g1 clear m1 5 s1\n g1 exit-clear m1 0 s2\n g1 assign m1 0 s2')).toBe('1 1');
    expect(ids('g1 clear m1 5 s1\n g1 exit-clear m1 0 s2\n g1 assign m1 0 s3')).toBe('1 2');
  });

  it('knows that a delete which finds nothing leaves the seed', () => {
    expect(ids('g1 delete m1 0 s1\n g1 assign m1 0 s2')).toBe('1 2');
    expect(ids('g1 delete m1 1 s1\n g1 exit-delete m1 1 s1\n g1 assign m1 1 s2')).toBe('1 2');
  });

  it('does not go by the seed where it may have changed unseen', () => {
    expect(ids('g1 delete m1 1 s1\n g1 access m1 0 s2')).toBe('1 1');
    expect(ids('g1 delete m1 1 s1\n g2 access m1 0 s2\n g1 exit-delete m1 0 s2')).toBe('1 1');
    const assigns = storyOptions(true, ['assign']);
    expect(ids('g1 assign m1 3 s1\n g1 exit-assign m1 4 s1\n g1 assign m1 0 s2', assigns)).toBe('1 1');
  });

  it('tells maps on a stack apart by the seed', () => {
    expect(ids('g1 access m1 3 stack s1\n g1 access m1 3 stack s2')).toBe('1 2');
  });

  it('allows what an operation without outcome may have done', () => {
    const unknown = 'g1 delete m1 3\n g1 exit-delete m1 0 unreadable\n';
    expect(ids(`${unknown} g1 access m1 3`)).toBe('1 1');
    expect(ids(`${unknown} g1 access m1 2`)).toBe('1 1');
    expect(ids(`${unknown} g1 access m1 4`)).toBe('1 2');
  });

  it('allows what operations that leave no records may have done', () => {
    const deletes = storyOptions(true, ['delete', 'clear']);
    expect(ids('g1 delete m1 3\n g1 exit-delete m1 3\n g1 delete m1 9\n g1 exit-delete m1 8', deletes)).toBe(
      '1 1',
    );
    expect(ids('g1 delete m1 9\n g1 exit-delete m1 8\n g1 delete m1 7\n g1 exit-delete m1 6', deletes)).toBe(
      '1 2',
    );
    const assigns = storyOptions(true, ['assign']);
    expect(ids('g1 assign m1 9\n g1 exit-assign m1 10\n g1 assign m1 3', assigns)).toBe('1 1');
    expect(ids('g1 assign m1 3\n g1 exit-assign m1 4\n g1 assign m1 9', assigns)).toBe('1 2');
  });

  it('does not split a map that is used by several at once', () => {
    const story = `
      g1 assign m1 5
      g2 assign m1 5
      g2 exit-assign m1 6
      g2 access m1 6
      g2 assign m1 6
      g1 exit-assign m1 8
      g2 exit-assign m1 8
      g3 access m1 8`;
    expect(ids(story)).toBe('1 1 1 1 1');
    expect(ids('g1 access m1 5\n g2 access m1 9 writing\n g1 access m1 3')).toBe('1 1 1');
  });

  it('does not split across a loss', () => {
    expect(
      ids(
        'g1 access m1 3\n drain\n lost\n drain\n drain\n drain\n g1 access m1 9\n g1 access m1 9\n g1 access m1 8',
      ),
    ).toBe('1 1 1 2');
  });

  it('numbers maps on stacks by goroutine, address and type', () => {
    expect(ids('g1 access m1 3 stack\n g1 access m1 9 stack\n g2 access m1 3 stack\n g2 access m1 3')).toBe(
      '1 2 3 4',
    );
  });

  it('forgets the maps that were not seen for longest', () => {
    const many = Array.from({ length: 20 }, (_, i) => `g1 access m${i + 1} 1`).join('\n');
    expect(ids(`${many}\n g1 access m20 1\n g1 access m1 1`)).toMatch(/20 20 1$/);
  });
});
