import type { Params } from '../api/ask.ts';
import type { Span, View } from '../state/view.ts';

/** What each page is given. */
export interface PageProps {
  readonly view: View;
  /** The range in times; it moves on while the page is live. */
  readonly span: Span;
}

/** The parameters of a slice that say which time. */
export const timeParams = ({ from, to }: Span): Params => ({ from, to });

/** The parameters of a slice that say which operations. */
export function sliceParams(view: View): Params {
  return { process: view.process, op: view.op, map_type: view.mapType, map: view.map, site: view.site };
}
