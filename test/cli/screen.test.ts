import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { FAKE_COMMAND } from './child.ts';
import { Terminal } from './terminal.ts';

let terminal: Terminal | undefined;
afterEach(() => {
  terminal?.close();
  terminal = undefined;
});

function open(args: string, columns = 80, rows = 24): Terminal {
  terminal = new Terminal(`${FAKE_COMMAND.join(' ')} ${args}`, columns, rows);
  return terminal;
}

test.each([80, 140])(
  'top at %d columns: nothing wraps, long names are cut in the middle, every view',
  async (columns) => {
    const screen = open('top -p 4242 --op delete,assign', columns);
    // What is written in parts may be seen in parts: the last line is there with the others.
    const first = await screen.until(
      (text) => text.includes('SITE') && text.split('\n')[22]?.includes('q quit') === true,
      'a whole frame',
    );
    expect(first.split('\n')[0]).toContain('shop (pid 4242) go1.26.8 swiss · 5 probes');
    expect(first).toMatch(/index\.\(\*Invert.*….*\.go:1204/);
    expect(first).toContain('main.日本語の関数 日本語.go:7');
    for (const [key, heading] of [
      ['2', 'BUSIEST SITE'],
      ['3', 'MAP TYPE '],
      ['4', 'KEY PREFIX'],
    ] as const) {
      screen.press(key);
      const text = await screen.untilSees(heading);
      expect(text.split('\n').filter((line) => /PER SEC|≈\/SEC/.test(line))).toHaveLength(1);
    }
    await screen.untilSees('"sess:');
  },
);

test('filter, sort, hide, pause, help', async () => {
  const screen = open('top -p 4242 --op delete,assign', 140);
  await screen.untilSees('SITE');
  screen.press('/', 'evict');
  await screen.until((text) => text.includes('/evict') && !text.includes('limiter.go'), 'the filter');
  screen.press('Enter', 'c');
  await screen.untilSees('by count');
  screen.press('Escape');
  await screen.until((text) => !text.includes('/evict'), 'no filter');
  screen.press('d');
  await screen.until((text) => text.includes('delete hidden') && !text.includes('evict'), 'hidden deletes');
  screen.press('Space');
  await screen.untilSees('PAUSED');
  screen.press('?');
  await screen.untilSees('Any key goes back.');
});

test('q: the normal screen comes back, with the last numbers, the summary and the cursor', async () => {
  const screen = open('top -p 4242');
  await screen.untilSees('SITE');
  expect([screen.about('#{alternate_on}'), screen.about('#{cursor_flag}')]).toEqual(['1', '0']);
  screen.press('q');
  const text = await screen.untilSees('exit code 0');
  expect(text).toContain('shop.(*Cache).Get');
  expect(text).toContain('3,112 events · 0 lost');
  expect(text).not.toContain('q quit');
  expect([screen.about('#{alternate_on}'), screen.about('#{cursor_flag}')]).toEqual(['0', '1']);
});

test.each([80, 140])(
  'a target that dies, at %d columns: the last numbers stay, with a clear line',
  async (columns) => {
    const text = await open('top -p 6000', columns).untilSees('exit code 0');
    expect(text).toContain('The program has ended.\n3,112 events · 0 lost');
    expect(text).toContain('limiter.go:112');
  },
);

test('Ctrl-C and SIGTERM restore the terminal', async () => {
  const screen = open('top -p 4242');
  await screen.untilSees('SITE');
  screen.press('C-c');
  await screen.untilSees('exit code 0');
  expect([screen.about('#{alternate_on}'), screen.about('#{cursor_flag}')]).toEqual(['0', '1']);
  screen.close();
  const other = open('top -p 4242');
  await other.untilSees('SITE');
  const child = execFileSync('pgrep', ['-P', String(other.shellPid())], { encoding: 'utf8' })
    .trim()
    .split('\n')[0];
  process.kill(Number(child), 'SIGTERM');
  await other.untilSees('exit code 0');
  expect([other.about('#{alternate_on}'), other.about('#{cursor_flag}')]).toEqual(['0', '1']);
});

test('a fault while the screen is shown restores the terminal', async () => {
  const screen = open('top -p 8000');
  const text = await screen.untilSees('exit code 1');
  expect(text).toContain('the kernel went away (probe-lost)');
  expect([screen.about('#{alternate_on}'), screen.about('#{cursor_flag}')]).toEqual(['0', '1']);
});

test('resized: smaller, larger, and nothing of the old frame is left', async () => {
  const screen = open('top -p 4242', 140);
  await screen.untilSees('SITE');
  for (const [columns, rows] of [
    [80, 15],
    [200, 40],
    [60, 12],
    [140, 24],
  ] as const) {
    screen.resize(columns, rows);
    const whole = (lines: readonly string[]): boolean =>
      lines[rows - 2]?.includes('1-4 view') === true &&
      lines[0]?.includes('shop (pid 4242)') === true &&
      lines.filter((line) => line.includes('PER SEC')).length === 1;
    await screen.until((text) => whole(text.split('\n')), `one whole frame at ${columns}x${rows}`);
    // It stays so, but for the moment in which it is drawn anew.
    await sleep(500);
    await screen.until((text) => whole(text.split('\n')), `one whole frame at ${columns}x${rows}, later`);
  }
});

test.each([80, 140])('trace at %d columns: no line wraps', async (columns) => {
  const screen = open('trace -p 7000 --count 12 --op delete,assign', columns, 40);
  await screen.untilSees('exit code 0');
  const events = screen.lines().filter((line) => /^\d\d:\d\d:\d\d/.test(line));
  expect(events).toHaveLength(12);
  const stacks = screen.lines().filter((line) => line.startsWith('              main.'));
  expect(stacks).toHaveLength(12);
  expect(screen.lines()).toHaveLength(41);
  expect(screen.lines()[1]).toMatch(columns === 80 ? /FOUND +CALLER$/ : /FOUND +LEN +GOROUTINE +CALLER$/);
});
