import { MAP_OPS } from '../protocol/map_op.ts';
import { OP_KEYS, VIEWS, type Sort, type UiState } from './ui_state.ts';

/** A key as the terminal gave it: a name for special ones, otherwise the text itself. */
export interface KeyPress {
  readonly text: string;
  readonly name?:
    | 'enter'
    | 'escape'
    | 'backspace'
    | 'tab'
    | 'back-tab'
    | 'up'
    | 'down'
    | 'page-up'
    | 'page-down'
    | 'ctrl-c';
}

const CONTROLS: Readonly<Record<string, NonNullable<KeyPress['name']>>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x03': 'ctrl-c',
  '\x1b': 'escape',
  '\x7f': 'backspace',
  '\b': 'backspace',
};

/** Text that arrived at once (typed fast, pasted, a slow connection) as single keys. */
export function keysOf(input: string): readonly KeyPress[] {
  return Array.from(input).flatMap((text): KeyPress[] => {
    const name = CONTROLS[text];
    if (name !== undefined) return [{ text: '', name }];
    return text < ' ' ? [] : [{ text }];
  });
}

const SORT_KEYS: Readonly<Record<string, Sort>> = { r: 'rate', c: 'count', n: 'name' };

/** What the user sees after a key. */
export function press(ui: UiState, key: KeyPress): UiState {
  if (key.name === 'ctrl-c') return leave(ui);
  if (ui.typing) return typed(ui, key);
  if (ui.help) return key.text === 'q' ? leave(ui) : { ...ui, help: false };
  if (key.name !== undefined) return special(ui, key.name);
  return letter(ui, key.text);
}

function leave(ui: UiState): UiState {
  return { ...ui, leaving: ui.leaving === 'no' ? 'quit' : 'kill' };
}

function typed(ui: UiState, key: KeyPress): UiState {
  if (key.name === 'enter') return { ...ui, typing: false };
  if (key.name === 'escape') return { ...ui, typing: false, filter: '', scroll: 0 };
  if (key.name === 'backspace')
    return { ...ui, filter: Array.from(ui.filter).slice(0, -1).join(''), scroll: 0 };
  return key.name === undefined ? { ...ui, filter: ui.filter + key.text, scroll: 0 } : ui;
}

const PAGE = 10;

function special(ui: UiState, name: NonNullable<KeyPress['name']>): UiState {
  switch (name) {
    case 'tab':
    case 'back-tab': {
      const step = name === 'tab' ? 1 : VIEWS.length - 1;
      const view = VIEWS[(VIEWS.indexOf(ui.view) + step) % VIEWS.length] ?? 'site';
      return { ...ui, view, scroll: 0 };
    }
    case 'escape':
      return { ...ui, filter: '', scroll: 0 };
    case 'up':
      return scrolled(ui, -1);
    case 'down':
      return scrolled(ui, 1);
    case 'page-up':
      return scrolled(ui, -PAGE);
    case 'page-down':
      return scrolled(ui, PAGE);
    case 'enter':
    case 'backspace':
    case 'ctrl-c':
      return ui;
  }
}

function scrolled(ui: UiState, by: number): UiState {
  return { ...ui, scroll: Math.max(0, ui.scroll + by) };
}

function letter(ui: UiState, text: string): UiState {
  const view = VIEWS[Number(text) - 1];
  if (view !== undefined) return { ...ui, view, scroll: 0 };
  const sort = SORT_KEYS[text];
  if (sort !== undefined) return { ...ui, sort, scroll: 0 };
  const op = MAP_OPS.find((one) => OP_KEYS[one] === text);
  if (op !== undefined) return toggled(ui, op);
  switch (text) {
    case '/':
      return { ...ui, typing: true };
    case ' ':
    case 'p':
      return { ...ui, paused: !ui.paused };
    case '?':
    case 'h':
      return { ...ui, help: true };
    case 'k':
      return scrolled(ui, -1);
    case 'j':
      return scrolled(ui, 1);
    case 'q':
      return leave(ui);
    default:
      return ui;
  }
}

function toggled(ui: UiState, op: (typeof MAP_OPS)[number]): UiState {
  const hidden = new Set(ui.hidden);
  if (!hidden.delete(op)) hidden.add(op);
  return { ...ui, hidden, scroll: 0 };
}
