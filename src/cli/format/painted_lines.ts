import type { Line, Tone } from '../../tui/line.ts';
import type { Paint, Style } from '../output/style.ts';

/** Lines of the live screen as text for the normal one. */
export function paintedLines(lines: readonly Line[], style: Style): readonly string[] {
  return lines.map((line) =>
    line
      .map(({ text, tone }) => paintOf(tone, style)(text))
      .join('')
      .trimEnd(),
  );
}

function paintOf(tone: Tone, style: Style): Paint {
  switch (tone) {
    case 'plain':
      return (text) => text;
    case 'invert':
      return style.bold;
    case 'bold':
    case 'dim':
    case 'warn':
    case 'bad':
    case 'good':
      return style[tone];
    case 'delete':
    case 'assign':
    case 'clear':
    case 'grow':
    case 'access':
    case 'iterate':
      return style.op[tone];
  }
}
