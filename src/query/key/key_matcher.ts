import type { TypeReader } from '../../go/types/type_reader.ts';
import type { KeyValue } from '../../inspect/hash/key_value.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { EventBatch } from '../../model/event_batch.ts';
import type { CapturedKey } from '../../stream/key_capture.ts';
import { capturedEqual, type Likeness, typesIn } from './captured_equal.ts';
import { keyOfTypeIfAny } from './key_of_type.ts';

/** What finding one key needs to know of a row. */
export interface KeyMatcherContext {
  readonly typesOf: (pid: number) => TypeReader | undefined;
  /** The row's key, with what of it lies in the program's image. */
  readonly captured: (batch: EventBatch, row: number) => CapturedKey | undefined;
  /** The row's whole key in Go syntax, where there is one. */
  readonly text: (batch: EventBatch, row: number) => string | undefined;
}

/** What the key means in one kind of map. */
interface Meaning {
  /** Undefined: how keys of the map are written is not known as it is of values, or it is no key of such a map. */
  readonly wanted: KeyValue | undefined;
  readonly declared: Addr | undefined;
  readonly types: TypeReader;
  /** Its text may still be what the output shows. */
  readonly byText: boolean;
}

/** Finds one key, given as Go writes it, among those of maps of all types: by its value in each. */
export class KeyMatcher {
  readonly #text: string;
  readonly #context: KeyMatcherContext;
  readonly #meanings = new Map<string, Meaning | undefined>();
  /** The last kind of map, which is mostly the next one's too. */
  #last: { readonly pid: number; readonly type: number; readonly meaning: Meaning | undefined } | undefined;

  constructor(text: string, context: KeyMatcherContext) {
    this.#text = text;
    this.#context = context;
  }

  likeness(batch: EventBatch, row: number): Likeness {
    const key = this.#context.captured(batch, row);
    if (key === undefined) return 'other';
    const meaning = this.#meaningOf(batch.pid[row] ?? 0, batch.type[row] ?? 0, key);
    if (meaning === undefined) return 'unknown';
    const { wanted, types, declared } = meaning;
    if (wanted !== undefined) return capturedEqual(types, declared, wanted, key);
    return meaning.byText && this.#context.text(batch, row) === this.#text ? 'same' : 'other';
  }

  #meaningOf(pid: number, type: number, key: CapturedKey): Meaning | undefined {
    const held = key.keyType !== 0 || key.parts.some((part) => (part?.type ?? 0) !== 0);
    const last = this.#last;
    if (!held && last?.pid === pid && last.type === type) return last.meaning;
    const dynamic = held ? `${key.keyType} ${key.parts.map((part) => part?.type ?? 0).join()}` : '';
    const name = `${pid} ${type} ${dynamic}`;
    let meaning = this.#meanings.get(name);
    if (meaning === undefined && !this.#meanings.has(name)) {
      meaning = this.#mean(pid, type, key);
      this.#meanings.set(name, meaning);
    }
    if (!held) this.#last = { pid, type, meaning };
    return meaning;
  }

  #mean(pid: number, type: number, key: CapturedKey): Meaning | undefined {
    const types = this.#context.typesOf(pid);
    // A sync.Map has no map type: its keys are of type any.
    const declared = type === 0 ? undefined : types?.map(addr(type))?.key;
    if (types === undefined || (type !== 0 && declared === undefined)) return undefined;
    const wanted = keyOfTypeIfAny(this.#text, types, declared, () => typesIn(types, key));
    const kind = declared === undefined ? 'interface' : types.head(declared)?.kind;
    return { wanted, declared, types, byText: kind === undefined || !PLAIN.test(kind) };
  }
}

/** Kinds of which every value is understood. */
const PLAIN = /^(?:u?int\d*|uintptr|bool|float\d+|complex\d+|string)$/;
