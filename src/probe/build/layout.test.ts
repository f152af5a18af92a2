import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLAN, PLANS, ROW, SHARED_HEADER, TABLE } from '../shared/layout.ts';
import {
  FLAG_LABELS,
  LABEL,
  LABEL_NAME_MAX,
  LABEL_VALUE_MAX,
  LABELS,
  LABELS_AREA,
  MARK_MET,
  MARK_SHARED,
  MARK_WATCHED,
  MARK_WRITING,
  MAX_LABELS,
  RECORD,
} from '../../model/record.ts';
import { HEADER, MODE, P } from './layout.ts';
import { RACE_AREA, RACE_PAGE, RACE_TYPES } from './race_layout.ts';
import { EXIT_BASE } from './sites.ts';

const hook = (name: string): string =>
  readFileSync(new URL(`../../../go/hook/${name}.go.txt`, import.meta.url), 'utf8');
const CORE = hook('core') + hook('race') + hook('leaks');
const SIZES: Readonly<Record<string, number>> = {
  uint64: 8,
  int64: 8,
  uintptr: 8,
  uint32: 4,
  uint16: 2,
  uint8: 1,
};

/** Offsets of a struct's fields as Go lays them out on amd64. */
function offsets(name: string): Record<string, number> {
  const body = new RegExp(`type ${name} struct \\{\\n(.*?)\\n\\}`, 's').exec(CORE)?.[1] ?? '';
  const found: Record<string, number> = {};
  let at = 0;
  for (const line of body.split('\n')) {
    const [, names = '', count, type = ''] = /^\t([\w, ]+?)\s+(?:\[([\w -]+)\])?(\w+)/.exec(line) ?? [];
    // A struct is as wide as its widest field.
    const size = type === 'byte' ? 1 : (SIZES[type] ?? 8);
    for (const field of names.split(', ')) {
      at = Math.ceil(at / size) * size;
      found[field] = at;
      at += size * lengthOf(count);
    }
  }
  return found;
}

function lengthOf(count: string | undefined): number {
  if (count === undefined) return 1;
  if (count.startsWith('mapaudit')) return constant(count);
  const [from, less] = count.split(' - ').map(Number);
  return (from ?? NaN) - (less ?? 0);
}

const constant = (name: string): number => Number(new RegExp(`${name}\\s+= (\\d+)`).exec(CORE)?.[1]);

describe('the shared file', () => {
  it('has the same fields on both sides', () => {
    const { mapAddress, ...same } = HEADER;
    expect(offsets('mapauditHeader')).toMatchObject({ ...same, mapAddr: mapAddress });
    expect(HEADER).toMatchObject(SHARED_HEADER);
    const { bytes, ...fields } = P;
    expect(offsets('mapauditP')).toMatchObject(fields);
    expect(bytes).toBe(constant('mapauditPBytes'));
    const { type, map, ...row } = ROW;
    expect(offsets('mapauditRow')).toMatchObject({ ...row, typ: type, m: map });
    expect(offsets('mapauditPlan')).toMatchObject({
      typ: PLAN.type,
      count: PLAN.count,
      kinds: PLAN.kinds,
      at: PLAN.offsets,
    });
  });

  it('is never written to as a pointer, which the write barrier would follow', () => {
    expect(CORE).not.toMatch(/\*\(\*unsafe\.Pointer\)\([^=\n]*\) = /);
    const fields = [
      'mapauditRecord',
      'mapauditRow',
      'mapauditPart',
      'mapauditPlan',
      'mapauditHeader',
      'mapauditLabel',
    ].map(
      (name) => new RegExp(`type ${name} struct \\{(.*?)\\n\\}`, 's').exec(CORE)?.[1] ?? 'unsafe.Pointer',
    );
    for (const text of fields) expect(text).not.toMatch(/unsafe\.Pointer|\*/);
  });

  it('has what a reader asks for that looks for races', () => {
    const { types, ...fields } = RACE_PAGE;
    expect(offsets('mapauditRacePage')).toMatchObject({ ...fields, types });
    expect(types + 8 * RACE_TYPES).toBe(RACE_AREA.bytes);
    expect(constant('mapauditRaceAt')).toBe(RACE_AREA.at);
    expect(HEADER.exe + 512).toBeLessThanOrEqual(RACE_AREA.at);
    expect(RACE_AREA.at + RACE_AREA.bytes).toBeLessThanOrEqual(PLANS.at);
    expect(constant('mapauditRaces')).toBe(MODE.races);
    const marks = [MARK_WATCHED, MARK_MET, MARK_WRITING, MARK_SHARED];
    expect(['Watched', 'Met', 'Writing', 'Shared'].map((name) => constant(`mapaudit${name}`))).toEqual(marks);
    expect(CORE).toContain(`add(unsafe.Pointer(r), ${RECORD.mark})) = mark`);
  });

  it('has labels as the record has them', () => {
    const { size, ...fields } = LABEL;
    expect(offsets('mapauditLabel')).toMatchObject(fields);
    expect(offsets('mapauditLabelSet')).toEqual(LABELS);
    expect(LABELS.label + MAX_LABELS * size).toBe(LABELS_AREA);
    expect(
      ['mapauditMaxLabels', 'mapauditNameMax', 'mapauditValueMax', 'mapauditLabels'].map(constant),
    ).toEqual([MAX_LABELS, LABEL_NAME_MAX, LABEL_VALUE_MAX, MODE.labels]);
    expect(CORE).toContain(`mapauditExitBase  = ${EXIT_BASE}\n`);
    expect(CORE).toContain(`flags |= ${FLAG_LABELS}\n\t\tmapauditTakeLabels`);
  });

  it('has tables of the same size', () => {
    expect(TABLE).toEqual({
      rows: constant('mapauditTable'),
      together: constant('mapauditTogether'),
      rowBytes: constant('mapauditRowBytes'),
    });
    expect(PLANS).toMatchObject({
      at: constant('mapauditPlansAt'),
      rows: constant('mapauditPlans'),
      rowBytes: constant('mapauditPlanBytes'),
    });
  });
});
