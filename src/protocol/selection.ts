/** Which processes. */
export type Selection =
  | { readonly type: 'pid'; readonly pid: number }
  /** All processes that run this file, new ones too. */
  | { readonly type: 'exe'; readonly path: string }
  /** All processes whose name matches this glob. */
  | { readonly type: 'name'; readonly glob: string };

/** What `check` looks at: a binary that need not run, or processes. */
export type CheckSubject = (Selection | { readonly type: 'file'; readonly path: string }) & {
  /** Also the methods of sync.Map. */
  readonly sync?: true;
};
