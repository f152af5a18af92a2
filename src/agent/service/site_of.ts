import type { FrameOfEvent } from '../../model/map_event.ts';
import type { SiteRef } from '../../model/window.ts';

/** A frame as the place of the program that it names. */
export function siteOf(frame: FrameOfEvent | undefined): SiteRef | undefined {
  if (frame === undefined) return undefined;
  const { function: name, file, line } = frame;
  return {
    function: name,
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  };
}
