import { isMapauditError } from '../../base/errors.ts';
import { toErrorResult } from '../../protocol/error_result.ts';
import type { Notice } from '../../protocol/notice.ts';
import { printable } from '../../protocol/text/printable.ts';
import type { Io } from './io.ts';
import { jsonLine } from '../../base/json_line.ts';
import { OutputClosed } from './sink.ts';
import type { Style } from './style.ts';

/** Shows a notice on stderr. A stderr that is gone stops nothing. */
export async function sayNotice(notice: Notice, io: Pick<Io, 'json' | 'err' | 'errStyle'>): Promise<void> {
  if (io.json) return toStderr(jsonLine(notice), io);
  const paint = notice.level === 'warning' ? io.errStyle.warn : io.errStyle.dim;
  await toStderr([paint(safeLines(notice.message)), ...hintLines(notice.hint, io.errStyle)].join('\n'), io);
}

/** Shows an error on stderr: what happened, its code, and what to do. */
export async function sayError(error: unknown, io: Pick<Io, 'json' | 'err' | 'errStyle'>): Promise<void> {
  await toStderr(io.json ? jsonLine(toErrorResult(error)) : errorText(error, io.errStyle), io);
}

/** Shows lines on stderr. */
export async function toStderr(text: string, io: Pick<Io, 'err'>): Promise<void> {
  try {
    await io.err.write(`${text}\n`);
  } catch (error) {
    if (!(error instanceof OutputClosed)) throw error;
  }
}

function errorText(error: unknown, style: Style): string {
  const { code, message, hint } = toErrorResult(error);
  const [first = '', ...rest] = safeLines(message).split('\n');
  const lines = [
    `${style.bad('mapaudit:')} ${first} ${style.dim(`(${code})`)}`,
    ...rest,
    ...hintLines(hint, style),
  ];
  if (!isMapauditError(error)) {
    lines.push('  This is a fault of mapaudit itself. Please report it with the text below.');
    if (error instanceof Error && error.stack !== undefined) lines.push(safeLines(error.stack));
  }
  return lines.join('\n');
}

function hintLines(hint: string | undefined, style: Style): readonly string[] {
  return hint === undefined ? [] : [`  ${style.bold(safeLines(hint).split('\n').join('\n  '))}`];
}

/** Messages may have lines of their own; the rest of the control characters are made visible. */
function safeLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
