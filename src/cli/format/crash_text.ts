import type { Crash } from '../../protocol/crash.ts';
import { counted } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';

/** `server (pid 4242) go1.26.8 was ended by the runtime, for goroutine 7. What was done to the map that …` */
export function crashText(crash: Crash): readonly string[] {
  const program = `${printable(crash.name)} (pid ${crash.pid}) ${printable(crash.go_version)}`;
  if (!crash.crashed)
    return [
      `${program} was killed, or still runs. The last operations on all maps:`,
      ...lentText(crash),
      ...ringsText(crash),
    ];
  const whom = crash.goroutine === undefined ? '' : `, for goroutine ${crash.goroutine}`;
  const what =
    crash.map === undefined
      ? 'The last operations on all maps:'
      : `The last operations on the map at ${crash.map.address}, which it worked on last:`;
  return [`${program} was ended by the runtime${whom}. ${what}`, ...lentText(crash), ...ringsText(crash)];
}

function lentText({ lent }: Crash): string[] {
  if (lent === undefined) return [];
  const when = lent.to === undefined ? `From ${lent.from} to the end` : `From ${lent.from} to ${lent.to}`;
  return [`${when} a mapaudit read the program: of that time only what it asked for was kept.`];
}

function ringsText({ rings }: Crash): string[] {
  if (rings === undefined) return [];
  return [
    `The file is cut off or damaged: ${rings.unread} of its ${counted(rings.all, 'ring')} could not be read.`,
  ];
}
