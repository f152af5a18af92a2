import type { Io } from './io.ts';
import { jsonLine } from '../../base/json_line.ts';

/** Prints results as JSON lines or as their text. */
export async function printResults(
  results: readonly unknown[],
  text: readonly string[],
  io: Io,
): Promise<void> {
  const lines = io.json ? results.map(jsonLine) : text;
  await io.out.write(lines.map((line) => `${line}\n`).join(''));
}
