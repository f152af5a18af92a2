import { describe, expect, it } from 'vitest';
import { runStory, storyOptions, tell } from './story.ts';

const EXITS = storyOptions(true);
const NO_EXITS = storyOptions(false);

/** The words after the colon, without map numbers. */
const outcomes = (story: string, options = EXITS): string =>
  tell(story, options)
    .map((line) => line.replace(/^.*: ?/, '').replace(/ ?#\d+$/, '') || '-')
    .join(' ');

describe('outcomes from exit records', () => {
  it('tells found from not found', () => {
    expect(outcomes('g1 delete m1 5\n g1 exit-delete m1 4\n g1 delete m1 4\n g1 exit-delete m1 4')).toBe(
      'found missed',
    );
  });

  it('tells insert from update', () => {
    expect(outcomes('g1 assign m1 5\n g1 exit-assign m1 6\n g1 assign m1 6\n g1 exit-assign m1 6')).toBe(
      'missed found',
    );
  });

  it('tells what a clear removed', () => {
    expect(outcomes('g1 clear m1 5\n g1 exit-clear m1 0\n g1 clear m1 0\n g1 clear m0 0')).toBe(
      'cleared cleared cleared',
    );
  });

  it('knows at once that nothing can be removed from a nil or empty map', () => {
    const drains = runStory('g1 delete m1 0\n g2 delete m0 0\n drain', EXITS);
    expect(drains[0]).toEqual(['g1 delete m1 0: missed #1', 'g2 delete m0 0: missed #0']);
  });

  it('keeps growth inside an assign apart', () => {
    expect(outcomes('g1 assign m1 8\n g1 grow m1 8\n g1 exit-assign m1 9')).toBe('missed -');
  });

  it('keeps goroutines and maps apart', () => {
    const story = `
      g1 delete m1 5
      g2 assign m2 7
      g2 exit-assign m2 8
      g1 exit-delete m1 5`;
    expect(outcomes(story)).toBe('missed missed');
  });

  it('does not guess when another writer was there', () => {
    const story = `
      g1 delete m1 5
      g2 assign m1 5
      g1 exit-delete m1 5
      g2 exit-assign m1 5`;
    expect(outcomes(story)).toBe('? ?');
  });

  it('sees through another writer when the count leaves no choice', () => {
    const story = `
      g1 delete m1 5
      g2 assign m1 5
      g1 exit-delete m1 4
      g2 exit-assign m1 4`;
    expect(outcomes(story)).toBe('found found');
  });

  it('does not guess when the map was being written, or the count could not be read', () => {
    expect(outcomes('g1 delete m1 5 writing\n g1 exit-delete m1 4')).toBe('?');
    expect(outcomes('g1 delete m1 0 unreadable\n g1 exit-delete m1 4')).toBe('?');
    expect(outcomes('g1 delete m1 5\n g1 exit-delete m1 0 unreadable')).toBe('?');
    expect(outcomes('g1 delete m1 5 nogo\n g1 exit-delete m1 4')).toBe('?');
  });

  it('does not believe an impossible change', () => {
    expect(outcomes('g1 delete m1 5\n g1 exit-delete m1 3')).toBe('?');
    expect(outcomes('g1 assign m1 5\n g1 exit-assign m1 4')).toBe('?');
    expect(outcomes('g1 clear m1 5\n g1 exit-clear m1 1')).toBe('?');
  });

  it('drops exits without an operation, and lets them cast doubt', () => {
    expect(outcomes('g1 exit-delete m1 4\n g1 delete m1 4\n g1 exit-delete m1 3')).toBe('found');
    expect(outcomes('g1 delete m1 5\n g2 exit-assign m1 6\n g1 exit-delete m1 5')).toBe('?');
  });

  it('does not guess where an exit is missing', () => {
    expect(outcomes('g1 delete m1 5\n g1 delete m1 4\n g1 exit-delete m1 4')).toBe('? missed');
  });

  it('trusts nothing around a loss', () => {
    const story = `
      g1 delete m1 5
      drain
      lost
      g1 exit-delete m1 4
      g1 delete m1 4
      g1 exit-delete m1 3
      drain
      g1 delete m1 3
      g1 exit-delete m1 2
      drain
      g1 delete m1 2
      g1 exit-delete m1 1`;
    expect(outcomes(story)).toBe('? ? ? found');
  });

  it('waits for a late exit, and releases in order', () => {
    const story = `
      g1 assign m1 5
      g2 delete m2 3
      g2 exit-delete m2 2
      drain 100
      drain 100
      g1 exit-assign m1 6
      drain`;
    const [first, second, third] = runStory(story, EXITS);
    expect([first, second]).toEqual([[], []]);
    expect(third).toEqual(['g1 assign m1 5: missed #1', 'g2 delete m2 3: found #2']);
  });

  it('waits no longer than the limit, though nothing comes', () => {
    const [first, second, third] = runStory(
      'g1 assign m1 5\n drain 1\n drain 300\n g1 exit-assign m1 6\n drain',
      EXITS,
    );
    expect([first, second, third]).toEqual([[], ['g1 assign m1 5: ? #1'], []]);
  });

  it('waits for nothing that cannot come', () => {
    const drains = runStory('g1 delete m1 5\n drain', NO_EXITS);
    expect(drains[0]).toEqual(['g1 delete m1 5: ? #1']);
  });
});

describe('without exit records', () => {
  it('does not guess from what the next operation sees', () => {
    expect(outcomes('g1 delete m1 5\n g1 assign m1 4\n g1 access m1 4', NO_EXITS)).toBe('? ? -');
  });
});
