import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { LARGE_BYTES } from './big.ts';
import { measureAttach } from './attach.ts';
import { short } from './numbers.ts';
import type { Report } from './report.ts';

/** Measures getting in and out of each binary; the goals are for large ones. */
export async function reportAttach(
  report: Report,
  binaries: readonly string[],
  times: number,
): Promise<void> {
  report.section(
    'Getting in and out',
    '`mapaudit trace -p PID`, default operations, with exits. Milliseconds, medians.',
  );
  const rows: string[][] = [];
  for (const binary of binaries) {
    const bytes = statSync(binary).size;
    const result = await measureAttach(binary, bytes, times);
    const { attachMs, commandMs, detachMs, endMs, probes } = result;
    const figures = [attachMs, commandMs, detachMs, endMs].map(short);
    rows.push([basename(binary), `${(bytes / 1e6).toFixed(0)} MB`, String(probes), ...figures]);
    if (bytes < LARGE_BYTES) continue;
    report.goal({
      name: 'attach, large stripped binary, whole command',
      measured: commandMs,
      most: 300,
      unit: ' ms',
      why: 'a small binary takes as long: it is the start of Node, of the program itself, of eBPF and the disassembler, not the size of the binary.',
    });
    report.goal({
      name: 'attach, large stripped binary, attach_ms alone',
      measured: attachMs,
      most: 300,
      unit: ' ms',
    });
    report.goal({ name: 'detach, large stripped binary', measured: detachMs, most: 1000, unit: ' ms' });
  }
  report.table(['binary', 'size', 'probes', 'attach_ms', 'command', 'detach', 'end'], rows);
}
