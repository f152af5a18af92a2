import type { KeyPath, PathStart as Start } from '../../inspect/path/key_path.ts';
import { hex } from '../../model/addr.ts';
import type { KeyPathLine, PathStart, PathStep } from '../../protocol/inspect_path.ts';
import { controlText, entryLine, stateOf, unitOf } from './values.ts';

/** The way to a key as it is printed. */
export function keyPathLine(path: KeyPath): KeyPathLine {
  const { key, hash, control, start, end, found, hashChecked, consistent, header } = path;
  const table = start?.kind === 'swiss' ? start.first : 0;
  const steps = path.steps.map(({ slots, then, ...unit }): PathStep => ({
    unit: unitOf({ ...unit, table }),
    slots: slots.map((look) => ({
      slot: look.slot,
      state: stateOf(header.kind, look.control),
      control: controlText(look.control),
      ...(look.matches ? { matches: true } : {}),
      ...(look.equal === undefined ? {} : { equal: look.equal }),
    })),
    then,
  }));
  return {
    type: 'path',
    key,
    ...(hash === undefined ? {} : { hash: `0x${hash.toString(16).padStart(16, '0')}` }),
    ...(control === undefined ? {} : { control: controlText(control) }),
    ...(start === undefined ? {} : { start: startOf(start) }),
    steps,
    end,
    ...(found === undefined ? {} : { found: withoutType(entryLine(found)) }),
    hash_checked: hashChecked,
    consistent,
  };
}

function withoutType({ type: _, ...rest }: ReturnType<typeof entryLine>): NonNullable<KeyPathLine['found']> {
  return rest;
}

function startOf(start: Start): PathStart {
  if (start.kind === 'swiss') {
    const { directory, table, group, groups } = start;
    return {
      ...(directory === undefined ? {} : { directory_entry: directory.entry, directory: directory.length }),
      ...(table === undefined ? {} : { table_address: hex(table) }),
      group,
      groups,
    };
  }
  const { bucket, buckets, old } = start;
  return {
    bucket,
    buckets,
    ...(old === undefined
      ? {}
      : { old_bucket: old.bucket, old_buckets: old.buckets, evacuated: old.evacuated }),
  };
}
