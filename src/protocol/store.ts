/** What `mapaudit query` asks, and whom: a store's file, or a running `mapaudit serve`. */
export interface StoredQuery {
  readonly ask: { readonly text: string } | { readonly sql: string };
  readonly of: { readonly store: string } | { readonly url: string; readonly token?: string };
}
