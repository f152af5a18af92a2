import { parseOn } from '../parse/on.ts';
import type { OptionSpec } from './spec.ts';

/** What `break` alone understands. */
export const BREAK_OPTIONS = {
  on: {
    flag: '--on',
    value: 'WHAT',
    group: 'Which operations',
    commands: ['break'],
    help: "Operations, and the map by a variable or by its type: --on 'delete main.cache.sessions', --on 'delete map[string]*shop.Session'. Default: all writes of all maps.",
    details:
      'Operations as in `trace --op`, joined by commas. A variable stands for the map that it holds when the command begins; that needs -p and debug information (DWARF). The type is written as Go writes it; a `*` that cannot stand for a pointer matches any text (`map[string]*`), and text between slashes is a regular expression (`/Session$/`).',
    parse: parseOn,
  },
  if: {
    flag: '--if',
    value: 'CONDITION',
    group: 'Which operations',
    commands: ['break'],
    help: "Only when this holds: --if 'len > 1000 && goroutine == 918'.",
    details:
      'Fields: `op`, `len`, `found`, `key`, `goroutine`, `goroutine.start`, `caller`, `file`, `line`, `map.type`, `map.id`, `thread`, `pid`. Signs: `&&` `||` `!` `==` `!=` `<` `<=` `>` `>=`, `=~` (a regular expression) and parentheses. Values: numbers, `true`, `false`, and texts between quotes. `caller`, `file` and `goroutine.start` are also equal to their end behind a slash: `file == "cache.go"`. A comparison with what is not known holds neither as it stands nor with `!`. What can be decided in the kernel is decided there: one goroutine, one string key, operations and types.',
    parse: (text: string): string => text,
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;
