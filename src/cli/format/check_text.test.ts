import { describe, expect, it } from 'vitest';
import { widthOf } from '../../protocol/text/width.ts';
import type { CheckReport, CheckSite } from '../../protocol/check_report.ts';
import { styleOf } from '../output/style.ts';
import { checkText } from './check_text.ts';

const TRIE = 'internal/sync.(*HashTrieMap[go.shape.interface {},go.shape.interface {}]).LoadAndDelete';
const site = (name: string, instruction: string): CheckSite => ({
  op: 'delete',
  function: name,
  role: 'entry',
  address: '0x40b0a2',
  instruction,
  emulated: true,
  why: 'after the stack check: a restart through morestack has not reached it',
});
const REPORT: CheckReport = {
  type: 'check',
  binary: {
    path: `/opt/${'long/'.repeat(12)}server`,
    go_version: 'go1.26.8',
    flavour: 'swiss',
    module: 'example.com/with/a/long/path/server',
    size: 1_000_000,
    stripped: true,
    pie: true,
  },
  sites: [
    site('internal/runtime/maps.(*Map).growToTable', 'push rbp'),
    site(TRIE, 'jne short 000000000040C0CAh'),
    site('runtime.mapassign', 'jbe near ptr 0000000000404000h'),
  ],
  absent: [
    { op: 'delete', function: TRIE, reason: 'not in this binary: this program never takes this path' },
  ],
  requirements: [],
  ready: true,
} as unknown as CheckReport;

describe('the text of check', () => {
  it.each([undefined, 200, 100, 80])('fits 100 columns, and the terminal: %s', (width) => {
    const lines = checkText(REPORT, styleOf(false), width);
    const most = Math.min(width ?? 100, 100);
    expect(lines.filter((line) => widthOf(line) > most)).toEqual([]);
  });

  it('shows names and jumps as Go does, whole in 100 columns', () => {
    const text = checkText(REPORT, styleOf(false), undefined).join('\n');
    expect(text).toContain('internal/sync.(*HashTrieMap[...]).LoadAndDelete  entry  0x40b0a2  jne 0x40c0ca');
    expect(text).toContain('jbe 0x404000');
    expect(text).toContain('internal/runtime/maps.(*Map).growToTable ');
    expect(text).toContain('  1 not in this binary: this program never takes this path');
  });
});
