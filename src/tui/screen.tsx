import { render, type Instance } from 'ink';
import type { TopOptions } from '../protocol/options.ts';
import type { Questions, TopSession } from '../protocol/questions.ts';
import type { Summary } from '../protocol/summary.ts';
import { emptyScreen, enterAlternateScreen } from './alternate_screen.ts';
import { App } from './app.tsx';
import type { Line } from './line.ts';
import { press, type KeyPress } from './press.ts';
import { lastFrame, topFrame, type ScreenSize, type ScreenState } from './top_frame.ts';
import { INITIAL_UI } from './ui_state.ts';

/** What is left when the screen is closed. */
export interface ScreenResult {
  /** The last numbers, for the normal screen. */
  readonly lines: readonly Line[];
  readonly summary: Summary | undefined;
}

/** Shows `top` until the user quits, `signal` is aborted or the run ends by itself. */
export async function runScreen(
  options: TopOptions,
  questions: Questions,
  signal: AbortSignal,
): Promise<ScreenResult> {
  const quit = new AbortController();
  const session = questions.top(options, AbortSignal.any([signal, quit.signal]));
  const alternate = enterAlternateScreen();
  const screen = new Screen(session, options, () => quit.abort());
  try {
    const summary = await screen.run();
    return { lines: screen.last(), summary };
  } finally {
    screen.close();
    alternate.close();
  }
}

class Screen {
  readonly #session: TopSession;
  readonly #quit: () => void;
  readonly #ink: Instance;
  #state: ScreenState;
  #frozen: ScreenState['snapshot'];

  constructor(session: TopSession, options: TopOptions, quit: () => void) {
    this.#session = session;
    this.#quit = quit;
    this.#state = { snapshot: undefined, notice: undefined, ui: INITIAL_UI, ops: options.filters.ops };
    this.#ink = render(this.#view(), { exitOnCtrlC: false, patchConsole: false });
    process.stdout.on('resize', this.#resized);
  }

  async run(): Promise<Summary | undefined> {
    let summary: Summary | undefined;
    for await (const line of this.#session.lines) {
      if (line.type === 'summary') summary = line;
      else if (line.type === 'notice') this.#show({ notice: line });
      else if (line.type === 'snapshot') this.#show({ snapshot: line });
    }
    return summary;
  }

  /** The newest numbers, also when the screen was paused. */
  last(): readonly Line[] {
    return lastFrame(this.#state, size());
  }

  close(): void {
    process.stdout.removeListener('resize', this.#resized);
    this.#ink.unmount();
  }

  #show(change: Partial<ScreenState>): void {
    this.#state = { ...this.#state, ...change };
    this.#ink.rerender(this.#view());
  }

  #view(): React.ReactElement {
    const { ui } = this.#state;
    const state =
      ui.paused && this.#frozen !== undefined ? { ...this.#state, snapshot: this.#frozen } : this.#state;
    return <App lines={topFrame(state, size())} onKey={this.#pressed} />;
  }

  readonly #pressed = (key: KeyPress): void => {
    const before = this.#state.ui;
    const ui = press(before, key);
    if (ui.view !== before.view) this.#session.wantKeys(ui.view === 'key');
    if (ui.paused !== before.paused) this.#frozen = ui.paused ? this.#state.snapshot : undefined;
    if (ui.leaving === 'quit') this.#quit();
    if (ui.leaving === 'kill') endNow();
    this.#show({ ui, notice: undefined });
  };

  readonly #resized = (): void => {
    this.#ink.clear();
    emptyScreen();
    this.#ink.rerender(this.#view());
  };
}

/** One line less than the terminal has: Ink repaints everything when its output fills the screen. */
function size(): ScreenSize {
  const { columns, rows } = process.stdout as Partial<NodeJS.WriteStream & { columns: number; rows: number }>;
  return { width: Math.max(20, columns ?? 80), height: Math.max(6, (rows ?? 24) - 1) };
}

/** The user asked twice. Safe: the kernel takes the probes out when the process is gone. */
function endNow(): never {
  process.exit(130);
}
