import type { MapOp } from '../model/map_op.ts';
import type { Selection } from './selection.ts';

/** Which operations; all that are given must hold. */
export interface Filters {
  readonly ops: readonly MapOp[];
  /**
   * JavaScript regular expression on the map's type name. Checked by the face: it compiles. For `who` and `grow`
   * of one process also the path of a variable that holds the map: `main.cache.sessions`.
   */
  readonly map?: string;
  /** mapaudit's own number, of this run. */
  readonly mapId?: number;
  /** Address of the map header: for a map that another run has shown. */
  readonly mapAddress?: number;
  /** JavaScript regular expression on the caller: `function file:line`. */
  readonly site?: string;
  /** Glob (`*`, `?`, `[a-z]`, `\` escapes) on the key's text; for string keys, on the string itself without quotes. */
  readonly key?: string;
  /** `key` means a string: no other key, whose Go syntax looks the same, does match. */
  readonly keyIsString?: true;
  /**
   * One key as Go writes it, in place of `key`: `42`, `"a\\n"`, `main.P{X: 1}`. It means a value, so in maps of one
   * key type this value, however it is written. On string keys a text without quotes is the string itself.
   */
  readonly keyLiteral?: string;
  /** Operations without a key (clear) pass the filter on keys. */
  readonly keyless?: true;
  readonly goid?: number;
  /** Glob on the value of a label of the goroutine: `{ name: 'route', value: '/login*' }`. */
  readonly label?: { readonly name: string; readonly value: string };
  /** Also the methods of sync.Map; what they do to plain maps is then a part of them. */
  readonly sync?: true;
}

/** How much of each key is shown. */
export type KeyMode =
  | { readonly type: 'full' }
  /** The first `length` bytes of a string, or characters of any other key's text. */
  | { readonly type: 'prefix'; readonly length: number }
  | { readonly type: 'hash' }
  | { readonly type: 'none' };

/**
 * How `found` is learnt. `exit`: a second probe at the end of each write reads the new count. `off`: not at
 * all. `auto`: `exit`.
 */
export type EffectMode = 'auto' | 'exit' | 'off';

export const EFFECT_MODES: readonly EffectMode[] = ['auto', 'exit', 'off'];

/**
/**
 * The way in which operations are noticed: by eBPF uprobes, by jumps that are written into the running program, or by
 * the hook that `mapaudit go build` has placed. `auto`: the hook where the program has it, else uprobes; never jumps.
 */
export type ProbeKind = 'auto' | 'kernel' | 'inline' | 'build';

export const PROBE_KINDS: readonly ProbeKind[] = ['auto', 'kernel', 'inline', 'build'];

/** What `trace` and `top` have in common. */
export interface RunOptions {
  readonly selection: Selection;
  readonly filters: Filters;
  readonly keys: KeyMode;
  /** How much is shown of the values of labels that the program has set on goroutines; absent: they are not looked at. */
  readonly labels?: KeyMode;
  readonly effects: EffectMode;
  readonly probe: ProbeKind;
  /** Bytes of each ring (one a CPU), a power of two; absent: the agent chooses. */
  readonly ringBytes?: number;
  /** Ends by itself after so long. */
  readonly durationMs?: number;
}

export interface TraceOptions extends RunOptions {
  /** Record one operation in N; 1 is all. Counters see all of them anyway. */
  readonly sampleEvery: number;
  /** Frames of each event's stack beyond the caller; 0 is none. */
  readonly frames: number;
  /** Ends after so many events. */
  readonly count?: number;
  /** Give events as `EncodedEvents` where possible: no object is made of each. */
  readonly encoded?: true;
}

/** A breakpoint that does not stop: a trace that tells all of the few operations that meet a condition. */
export interface BreakOptions extends RunOptions {
  /** The path of a variable, which then stands for `filters.map`; what is none is the type that this tells. */
  readonly mapPath?: string;
  /** Which of the operations, as docs/conditions.md describes it. Checked before anything is attached. */
  readonly condition?: string;
  /** Frames of each stack beyond the caller. */
  readonly frames: number;
  /** Ends after so many hits. */
  readonly count?: number;
}

/** The life of one key: `filters.key` means one key only. */
export interface WhoOptions extends RunOptions {
  /** Frames of each stack beyond the caller. */
  readonly frames: number;
  /** Ends after so many steps. */
  readonly count?: number;
}

/** The life of one key out of what a run has kept: `filters.key` means one key only. */
export interface PastOptions {
  readonly kept: KeptIn;
  /** Only what came so long before the last event of a file, or before now, or later. */
  readonly sinceMs?: number;
  readonly filters: Filters;
  /** Ends after so many steps. */
  readonly count?: number;
}

/** Where events were kept. */
export type KeptIn =
  /** JSON lines, as `trace --json -o FILE` writes them. */
  | { readonly type: 'file'; readonly path: string }
  /** A process that keeps its last operations itself: MAPAUDIT=record=last:N. `frames` of each stack. */
  | { readonly type: 'recorder'; readonly pid: number; readonly frames: number };

/** Growth of maps. `filters.ops`, keys and effects do not matter. */
export interface GrowOptions extends RunOptions {
  /** Frames of each stack beyond the caller; 0 is none. */
  readonly frames: number;
  /** Ends after so many growths. */
  readonly count?: number;
}

export interface TopOptions extends RunOptions {
  /** Between two snapshots. */
  readonly intervalMs: number;
  /** One snapshot only, at the end, over the whole `durationMs`. */
  readonly once: boolean;
}
