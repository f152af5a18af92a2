import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RecordingWriter } from '../../evidence/recording_writer.ts';
import { ABOUT, PROCESS, SUMMARY, windowAt } from '../../evidence/testing.ts';
import type { RulesLine } from '../../protocol/rules.ts';
import { secretOf } from '../actions/secrets.ts';
import { rulesLines, rulesOf } from './rules.ts';

it('a pipe is neither waited for as rules nor as a secret', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-rules-'));
  const pipe = join(folder, 'pipe');
  try {
    execFileSync('mkfifo', [pipe]);
    expect(() => rulesOf(pipe)).toThrow(expect.objectContaining({ code: 'not-a-file' }));
    expect(() => secretOf({ template: `\${file:${pipe}}` })).toThrow(
      expect.objectContaining({ code: 'secret-missing' }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('a rule that needs what was not recorded is not judged, and that is said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-rules-'));
  try {
    const writer = new RecordingWriter();
    const about = { ...ABOUT, recorded: { ...ABOUT.recorded, filters: { ops: ['delete'] as const } } };
    const pieces = await writer.begin(about);
    const { buildId: build_id, ...process } = PROCESS;
    writer.line('run', { ...{ type: 'recorded_process', ...process, build_id } });
    for (let i = 0; i < 20; i++) writer.window(windowAt(Date.parse(ABOUT.began) + i * 1000, 100));
    pieces.push(...(await writer.finish(SUMMARY as { type: 'summary' })));
    const [path, recording] = [join(folder, 'r.yaml'), join(folder, 'a.mapaudit')];
    writeFileSync(recording, Buffer.concat(pieces));
    const rule = (name: string, more: string): string =>
      `  - {name: ${name}, kind: rate, op: delete, per: type, above: 50/s, window: 2s, for: 4s${more}}\n`;
    writeFileSync(
      path,
      `version: 1\nrules:\n${rule('more', ', outweighs: {op: assign, times: 3x}')}${rule('many', '')}`,
    );
    const lines: RulesLine[] = [];
    for await (const batch of rulesLines({ do: 'test', path, recording })) lines.push(...batch);
    expect(lines.flatMap((line) => (line.type === 'told' ? [line.finding.rule] : []))).toEqual(['many']);
    expect(lines.filter(({ type }) => type === 'notice')).toEqual([
      {
        type: 'notice',
        level: 'warning',
        code: 'not-recorded',
        message: 'more is not judged: assigns were not recorded',
        hint: 'Record them too: mapaudit record --op delete,assign',
      },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
