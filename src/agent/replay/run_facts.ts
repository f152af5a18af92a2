import { MAP_OPS, type MapOp } from '../../model/map_op.ts';
import type { Attached } from '../../protocol/attached.ts';
import type { Notice } from '../../protocol/notice.ts';
import type { Filters, KeyMode } from '../../protocol/options.ts';
import type { Selection } from '../../protocol/selection.ts';
import type { Summary } from '../../protocol/summary.ts';
import { checkedLine, MalformedLine } from '../../query/who/kept_line.ts';
import type { Recording } from './recording.ts';

/** What all replays say of a run's own lines. */
export class RunFacts {
  /** Of the run that was recorded; absent before its end. */
  summary: Summary | undefined;
  readonly #selection: Selection;

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  /** Only this process, where one is asked for. */
  get pid(): number | undefined {
    return this.#selection.type === 'pid' ? this.#selection.pid : undefined;
  }

  get showPid(): boolean {
    return this.pid === undefined;
  }

  isWanted(pid: number | undefined): boolean {
    return this.pid === undefined || pid === undefined || pid === this.pid;
  }

  /** Lines of the run that are shown again. */
  runLines(lines: readonly unknown[]): (Attached | Notice)[] {
    return lines.flatMap((line): (Attached | Notice)[] => {
      if (isNotice(line)) return [line];
      if (typeOf(line) !== 'attached') return [];
      const attached = attachedOf(line);
      return attached.type === 'notice' || this.isWanted(attached.pid) ? [attached] : [];
    });
  }

  takeSummary(lines: readonly unknown[]): void {
    const [line] = lines;
    if (typeOf(line) === 'summary') this.summary = line as Summary;
  }
}

/** What was audited; in place of a line that mapaudit does not write, a notice. */
function attachedOf(line: unknown): Attached | Notice {
  try {
    const checked = checkedLine(line);
    if (checked?.type === 'attached') return checked;
  } catch (error) {
    if (!(error instanceof MalformedLine)) throw error;
  }
  return {
    type: 'notice',
    level: 'warning',
    code: 'evidence-damaged',
    message: 'a line about a process makes no sense and is left out',
  };
}

export const typeOf = (line: unknown): string | undefined =>
  typeof line === 'object' && line !== null && 'type' in line ? String(line.type) : undefined;

function isNotice(line: unknown): line is Notice {
  if (typeOf(line) !== 'notice') return false;
  const { message, level } = line as Partial<Notice>;
  return typeof message === 'string' && (level === 'info' || level === 'warning');
}

/** What was asked for and is not in the recording, as far as it shows from what it was made with. */
export function notRecorded(recording: Recording, filters: Filters): Notice[] {
  const recorded = recording.about?.recorded;
  if (recorded === undefined) return [];
  const missing = filters.ops.filter((op) => !recorded.filters.ops.includes(op));
  const narrow: string[] = [];
  const { map, mapAddress, site, key, keyLiteral, goid } = recorded.filters;
  if (map !== undefined) narrow.push(`--map ${map}`);
  if (mapAddress !== undefined) narrow.push(`--map 0x${mapAddress.toString(16)}`);
  if (site !== undefined) narrow.push(`--site ${site}`);
  const wanted = keyLiteral ?? key;
  if (wanted !== undefined) narrow.push(`--key ${wanted}`);
  if (goid !== undefined) narrow.push(`--goid ${goid}`);
  return [
    ...(missing.length === 0 ? [] : [opsNotice(missing, recorded.filters.ops)]),
    ...(filters.label === undefined || recorded.labels?.type === 'full'
      ? []
      : [labelsNotice(recorded.labels)]),
    ...(narrow.length === 0 ? [] : [narrowNotice(narrow)]),
  ];
}

const opsNotice = (missing: readonly MapOp[], recorded: readonly MapOp[]): Notice => ({
  type: 'notice',
  level: 'warning',
  code: 'not-recorded',
  message: `${missing.join(', ')} ${missing.length === 1 ? 'was' : 'were'} not recorded, only ${recorded.join(', ')}`,
  hint: `Record more with mapaudit record --op ${MAP_OPS.filter((op) => missing.includes(op) || recorded.includes(op)).join(',')}.`,
});

const labelsNotice = (how: KeyMode | undefined): Notice => ({
  type: 'notice',
  level: 'warning',
  code: 'not-recorded',
  message:
    how === undefined || how.type === 'none'
      ? 'labels of goroutines were not recorded'
      : `labels of goroutines were recorded as ${how.type}, not whole`,
  hint: 'Record them with mapaudit record --labels=full.',
});

const narrowNotice = (narrow: readonly string[]): Notice => ({
  type: 'notice',
  level: 'info',
  code: 'recorded-with',
  message: `the recording was made with ${narrow.join(' ')}: nothing else is in it`,
});
