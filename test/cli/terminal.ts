import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real terminal (a tmux window on its own server), for looking at screens. */
export class Terminal {
  static #count = 0;
  readonly #server = `mapaudit-test-${process.pid}-${Terminal.#count++}`;

  /** Runs a command line in a shell in it. CI is unset: Ink draws nothing but the last frame where it is set. */
  constructor(command: string, columns: number, rows: number) {
    const shell = `env -u CI -u NO_COLOR TZ=UTC ${command}; echo "exit code $?"; sleep 1000`;
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), shell);
  }

  /** What is to be seen, without the spaces at the ends of lines. */
  lines(): readonly string[] {
    return this.#tmux('capture-pane', '-p').split('\n');
  }

  text(): string {
    return this.lines().join('\n');
  }

  /** Waits until `test` holds for the screen, and gives it back. */
  async until(test: (text: string) => boolean, what: string): Promise<string> {
    for (let i = 0; i < 600; i++) {
      const text = this.text();
      if (test(text)) return text;
      await sleep(100);
    }
    throw new Error(`${what} did not come; the screen shows:\n${this.text()}`);
  }

  untilSees(wanted: string): Promise<string> {
    return this.until((text) => text.includes(wanted), `"${wanted}"`);
  }

  /** Keys by tmux names (Enter, C-c), or text. */
  press(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** A value that tmux knows of the window: `#{cursor_flag}`, `#{alternate_on}`. */
  about(format: string): string {
    return this.#tmux('display-message', '-p', format).trim();
  }

  /** The process id of what runs in the shell. */
  shellPid(): number {
    return Number(this.about('#{pane_pid}'));
  }

  close(): void {
    this.#tmux('kill-server');
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#server, ...args], { encoding: 'utf8' });
  }
}
