import { Box, Text, useInput, type Key } from 'ink';
import type { ReactElement } from 'react';
import type { Line, Segment, Tone } from './line.ts';
import { keysOf, type KeyPress } from './press.ts';

type Look = Partial<Record<'bold' | 'dimColor' | 'inverse', boolean>> & { readonly color?: string };

const LOOKS: Readonly<Record<Tone, Look>> = {
  plain: {},
  bold: { bold: true },
  dim: { dimColor: true },
  invert: { inverse: true },
  warn: { color: 'yellow' },
  bad: { color: 'red', bold: true },
  good: { color: 'green' },
  delete: { color: 'red' },
  assign: { color: 'green' },
  clear: { color: 'magenta' },
  grow: { color: 'yellow' },
  access: { color: 'blue' },
  iterate: { color: 'cyan' },
};

/** Shows lines that are already laid out, and hands on keys. Decides nothing. */
export function App(props: {
  readonly lines: readonly Line[];
  readonly onKey: (key: KeyPress) => void;
}): ReactElement {
  useInput((input, key) => {
    const name = nameOf(input, key);
    if (name !== undefined) props.onKey({ text: '', name });
    else if (!key.ctrl && !key.meta) keysOf(input).forEach(props.onKey);
  });
  return (
    <Box flexDirection="column">
      {props.lines.map((line, i) => (
        <Text key={i} wrap="truncate">
          {line.length === 0 ? ' ' : line.map(shown)}
        </Text>
      ))}
    </Box>
  );
}

function shown(part: Segment, i: number): ReactElement {
  return (
    <Text key={i} {...LOOKS[part.tone]}>
      {part.text}
    </Text>
  );
}

function nameOf(input: string, key: Key): KeyPress['name'] {
  if (key.ctrl && input === 'c') return 'ctrl-c';
  if (key.return) return 'enter';
  if (key.escape) return 'escape';
  if (key.backspace || key.delete) return 'backspace';
  if (key.tab) return key.shift ? 'back-tab' : 'tab';
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.pageUp) return 'page-up';
  return key.pageDown ? 'page-down' : undefined;
}
