import type { Notice } from './notice.ts';

/** What a recording can be given out as. */
export const EXPORT_FORMATS = ['pprof', 'speedscope', 'parquet', 'jsonl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** All that `export` needs. */
export type ExportOptions =
  | {
      readonly format: ExportFormat;
      /** An evidence file. */
      readonly path: string;
    }
  | {
      readonly format: 'parquet';
      /** What `serve --store` has written. */
      readonly store: string;
    };

/** Bytes of the result, in the order in which they come, and what is to be known of it. */
export type ExportPart = { readonly type: 'bytes'; readonly bytes: Uint8Array } | Notice;
