import { writeFileSync } from 'node:fs';

/** A goal as it is printed: what was measured, what is wanted, whether it is met. */
export interface Goal {
  readonly name: string;
  readonly measured: number;
  readonly most: number;
  readonly unit: string;
  /** Why it is missed, as far as it is known; shown when it is. */
  readonly why?: string;
}

/** Tables that are printed as they come, and may be written to a file at the end. */
export class Report {
  readonly #lines: string[] = [];
  readonly #goals: Goal[] = [];

  section(title: string, note?: string): void {
    this.#put('', `## ${title}`, '');
    if (note !== undefined) this.#put(note, '');
  }

  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const all = [head, ...rows];
    const widths = head.map((_, column) => Math.max(3, ...all.map((row) => (row[column] ?? '').length)));
    const line = (cells: readonly string[]): string =>
      `| ${widths.map((width, column) => fit(cells[column] ?? '', width, column > 0)).join(' | ')} |`;
    const rule = `|${widths.map((width, column) => (column > 0 ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`;
    this.#put(line(head), rule, ...rows.map(line), '');
  }

  note(text: string): void {
    this.#put(text, '');
  }

  goal(goal: Goal): void {
    this.#goals.push(goal);
  }

  /** All goals in one table, and what is known of those that are missed. */
  goals(): void {
    if (this.#goals.length === 0) return;
    this.section('Goals');
    this.table(
      ['goal', 'measured', 'at most', ''],
      this.#goals.map(({ name, measured, most, unit }) => [
        name,
        `${round(measured)}${unit}`,
        `${round(most)}${unit}`,
        Number.isNaN(measured) ? 'not measured' : measured <= most ? 'met' : '**missed**',
      ]),
    );
    for (const { name, measured, most, why } of this.#goals)
      if (measured > most && why !== undefined) this.note(`Why "${name}" is missed: ${why}`);
  }

  write(path: string, head: string): void {
    writeFileSync(
      path,
      `${head}\n${this.#lines
        .join('\n')
        .replaceAll(/\n{3,}/g, '\n\n')
        .trimEnd()}\n`,
    );
  }

  #put(...lines: string[]): void {
    this.#lines.push(...lines);
    console.log(lines.join('\n'));
  }
}

const fit = (text: string, width: number, right: boolean): string =>
  right ? text.padStart(width) : text.padEnd(width);

const round = (value: number): string => String(Number(value.toPrecision(3)));
