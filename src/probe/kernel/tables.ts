import type { KeyChase, KeyPlan } from '../../model/key_plan.ts';
import type { VerdictSubject } from '../../model/probe.ts';
import { MAX_CHASES } from '../../model/record.ts';

/** Keys and values of the program's tables: the structs of bpf/mapaudit.bpf.c. */
const WHOLE = { bytes: 0, string: 1, eface: 2, iface: 3 } as const;
const CHASE: Record<KeyChase['kind'], number> = { string: 1, eface: 2, iface: 3 };
const SUBJECT: Record<VerdictSubject, number> = { type: 0, caller: 1, map: 2 };

/** struct type_key */
export function encodeTypeKey(type: number, pid: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(type), true);
  view.setUint32(8, pid, true);
  return bytes;
}

/** struct key_plan */
export function encodeKeyPlan(plan: KeyPlan): Uint8Array {
  const bytes = new Uint8Array(8 + 8 * MAX_CHASES);
  const view = new DataView(bytes.buffer);
  const chases = plan.chases.slice(0, MAX_CHASES);
  view.setUint32(0, plan.size, true);
  view.setUint8(4, WHOLE[plan.kind]);
  view.setUint8(5, chases.length);
  chases.forEach((chase, i) => {
    view.setUint32(8 + 8 * i, chase.offset, true);
    view.setUint32(12 + 8 * i, CHASE[chase.kind], true);
  });
  return bytes;
}

/** struct verdict_key */
export function encodeVerdictKey(subject: VerdictSubject, address: number, pid: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(address), true);
  view.setUint32(8, SUBJECT[subject], true);
  view.setUint32(12, pid, true);
  return bytes;
}
