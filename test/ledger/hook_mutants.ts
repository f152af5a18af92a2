import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildHooked } from '../support/mapaudit_go.ts';

/** One wrong fact in the build hook, and what of an event the ledger then finds wrong. */
export interface HookMutant {
  readonly name: string;
  /** A text that stands once in go/hook/core.go.txt, and the Go statement that follows it in the mutant. */
  readonly after: string;
  readonly then: string;
  /** The field, or `missing`, `extra` or `unknown`. */
  readonly noticedBy: string;
}

const LEAVE = 'func mapauditLeave(site uint32, m unsafe.Pointer) {\n';
const ABOVE = '\t\tabove = fp - 16\n\t\tfp = next\n\t}\n';
const AGAIN = `if p.head%64 == 0 {
			page := (*mapauditHeader)(mapauditOurs.page)
			ring := add(unsafe.Pointer(p), mapauditPBytes+(mapauditTable+mapauditTogether)*mapauditRowBytes)
			here := uintptr(p.head&uint64(page.slots-1)) * uintptr(page.stride)
			next := uintptr((p.head+1)&uint64(page.slots-1)) * uintptr(page.stride)
			memmove(add(ring, next), add(ring, here), uintptr(page.stride))
			mapauditPublish(&p.head, p.head+1)
		}`;
const AT_EXIT = '\tr.m = uintptr(m)\n\tflags := mapauditState(r, m)\n\tr.goid = uint64(gp.goid)\n';

const WHAT = 'func mapauditWhat(r *mapauditRecord, probe uint32, kind, flags uint8) {\n';
const WHERE = 'func mapauditWhere(r *mapauditRecord, t, m unsafe.Pointer, pc uintptr) {\n';
const WHO = '\tr.startPC = gp.startpc\n';
const ON_STACK = '\tif uintptr(m)-gp.stack.lo < gp.stack.hi-gp.stack.lo {\n';

export const HOOK_MUTANTS: readonly HookMutant[] = [
  { name: 'map', after: '\tr.m = uintptr(m)\n\tr.keySize = 0\n', then: 'r.m += 8', noticedBy: 'address' },
  { name: 'type', after: '\tr.typ = uintptr(t)\n', then: 'r.typ = *(*uintptr)(add(t, mapauditKeyType))', noticedBy: 'type' },
  { name: 'function', after: WHAT, then: 'if kind == 0 { probe ^= 1 }', noticedBy: 'function' },
  { name: 'caller', after: '\tr.caller = pc\n', then: 'r.caller += 64', noticedBy: 'line' },
  { name: 'goroutine', after: WHO, then: 'r.goid += 1000', noticedBy: 'missing' },
  { name: 'start of a goroutine', after: WHO, then: 'r.startPC = r.caller', noticedBy: 'start' },
  { name: 'map on the stack', after: ON_STACK, then: 'return 0', noticedBy: 'on_stack' },
  { name: 'count', after: '\tr.count = *(*uint64)(m)\n', then: 'r.count++', noticedBy: 'len' },
  { name: 'seed at the beginning of a write', after: WHAT, then: 'if kind == 0 { r.seed ^= uint32(r.count) }', noticedBy: 'second id of a map' },
  { name: 'seed that is no seed', after: '\t\tr.seed = *(*uint32)(add(m, 8))\n', then: 'r.seed = 0', noticedBy: 'id of another map' },
  { name: 'time', after: WHERE, then: 'r.time += 1 << 34', noticedBy: 'time' },
  { name: 'thread', after: WHO, then: 'r.tid++', noticedBy: 'thread' },
  { name: 'key in a register', after: '\t*(*uint64)(add(unsafe.Pointer(r), mapauditHead)) = key\n', then: '*(*uint64)(add(unsafe.Pointer(r), mapauditHead))++', noticedBy: 'key' },
  { name: 'length of a short string', after: '\tr.keySize = uint64(n)\n', then: 'r.keySize, r.keyStored = uint64(n-1), uint16(n-1)', noticedBy: 'key' },
  { name: 'end of a short string', after: '\t*(*uint64)(add(to, n-8)) = *(*uint64)(add(from, n-8))\n', then: '*(*byte)(add(to, n-1)) ^= 1', noticedBy: 'key' },
  { name: 'length of a string', after: '\tr.keySize = uint64(len(key))\n', then: 'r.keySize, r.keyStored = uint64(r.keyStored/2), r.keyStored/2', noticedBy: 'key' },
  { name: 'type of an interface key', after: '\tr.keyType = uintptr(word)\n', then: 'r.keyType = uintptr(data)', noticedBy: 'unplanned keys' },
  { name: 'string in a key', after: '\tpart.length, part.stored = uint64(length), uint32(n)\n', then: 'part.length++', noticedBy: 'key' },
  { name: 'end of a write that is forgotten', after: LEAVE, then: 'return', noticedBy: 'unknown' },
  { name: 'map at the end of a write', after: AT_EXIT, then: 'r.m += 8', noticedBy: 'unknown' },
  { name: 'count at the end of a write', after: AT_EXIT, then: 'r.count += 7', noticedBy: 'unknown' },
  { name: 'record that is forgotten', after: 'func mapauditDone(p *mapauditP) {\n', then: 'if p.head%64 == 0 { p.random++; if p.random%2 == 0 { p.busy = 0; return } }', noticedBy: 'missing' },
  { name: 'record that is there twice', after: 'func mapauditDone(p *mapauditP) {\n', then: AGAIN, noticedBy: 'extra' },
  { name: 'caller of a growth', after: ABOVE, then: 'pc += 64', noticedBy: 'line' },
  { name: 'frame', after: '\tto := add(unsafe.Pointer(r), behind)\n\tfp := *(*uintptr)(unsafe.Pointer(sp - 16))\n', then: 'fp = *(*uintptr)(unsafe.Pointer(fp))', noticedBy: 'stack' },
]; // prettier-ignore

const HOOK = fileURLToPath(new URL('../../go/hook/', import.meta.url));
const CACHE = fileURLToPath(new URL('../.cache/', import.meta.url));
const LOADER = new URL('./mutate.mjs', import.meta.url).href;

/** A program with all mutants in it; MAPAUDIT_MUTANT says, by number from 1 on, which of them is awake. */
export function buildMutants(program = 'ledger', mutants = HOOK_MUTANTS): string {
  const core = mutated(readFileSync(join(HOOK, 'core.go.txt'), 'utf8'), mutants);
  const folder = join(CACHE, `hook-${createHash('sha256').update(core).digest('hex').slice(0, 16)}`);
  cpSync(HOOK, folder, { recursive: true });
  writeFileSync(join(folder, 'core.go.txt'), core);
  return buildHooked(program, '1.26.8', [], { NODE_OPTIONS: `--import ${LOADER}`, MUTANT_HOOK: folder });
}

function mutated(honest: string, mutants: readonly HookMutant[]): string {
  let text = honest;
  for (const [i, { name, after, then }] of mutants.entries()) {
    if (honest.split(after).length !== 2) throw new Error(`core.go.txt does not have this once: ${name}`);
    text = text.replace(after, (found) => `${found}\tif mapauditMutant == ${i + 1} {\n\t\t${then}\n\t}\n`);
  }
  const start = 'func mapauditStart() {\n';
  const wish =
    '\tfor _, digit := range gogetenv("MAPAUDIT_MUTANT") {\n\t\tmapauditMutant = mapauditMutant*10 + uint32(digit-\'0\')\n\t}\n';
  return text.replace(start, `var mapauditMutant uint32\n\n${start}${wish}`);
}
