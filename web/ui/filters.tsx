import { type ReactNode, useEffect, useState } from 'react';
import type { View } from '../state/view.ts';

type Change = (changes: Partial<View>) => void;

interface Field {
  readonly name: 'mapPattern' | 'sitePattern' | 'keyGlob' | 'goid';
  readonly label: string;
  readonly hint: string;
  readonly wrong: (text: string) => string | undefined;
}

const FIELDS: readonly Field[] = [
  { name: 'mapPattern', label: 'Map', hint: 'Session|Cart', wrong: wrongPattern },
  { name: 'sitePattern', label: 'Line', hint: 'cache\\.go', wrong: wrongPattern },
  { name: 'keyGlob', label: 'Key', hint: 'sess:*', wrong: () => undefined },
  {
    name: 'goid',
    label: 'Goroutine',
    hint: '42',
    wrong: (text) => (/^\d{1,15}$/.test(text) ? undefined : 'is no number'),
  },
];

/** Which events: as the flags of `trace`. Enter applies them; the operation is chosen above. */
export function Filters({ view, onFilter }: { readonly view: View; readonly onFilter: Change }): ReactNode {
  const applied = JSON.stringify(FIELDS.map(({ name }) => view[name] ?? ''));
  const [texts, setTexts] = useState(() => textsOf(view));
  useEffect(() => setTexts(textsOf(view)), [applied]);
  const wrong = FIELDS.flatMap(({ name, label, wrong: check }) => {
    const problem = texts[name] === '' ? undefined : check(texts[name]);
    return problem === undefined ? [] : [{ name, text: `${label} ${problem}` }];
  });
  const isChanged = JSON.stringify(FIELDS.map(({ name }) => texts[name])) !== applied;
  const isAny = FIELDS.some(({ name }) => view[name] !== undefined);
  return (
    <form
      className="filters"
      role="search"
      aria-label="Filter events"
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong.length === 0) onFilter(viewOf(texts));
      }}
    >
      {FIELDS.map(({ name, label, hint }, i) => (
        <label key={name}>
          <span>{label}</span>
          <input
            id={i === 0 ? 'first-filter' : undefined}
            value={texts[name]}
            placeholder={hint}
            spellCheck={false}
            autoComplete="off"
            inputMode={name === 'goid' ? 'numeric' : undefined}
            aria-invalid={wrong.some((one) => one.name === name)}
            onChange={(event) => {
              const { value } = event.target;
              setTexts((before) => ({ ...before, [name]: value }));
            }}
          />
        </label>
      ))}
      <button type="submit" disabled={!isChanged}>
        Filter
      </button>
      {isAny && (
        <button type="button" onClick={() => onFilter(viewOf(textsOf(undefined)))}>
          Clear
        </button>
      )}
      {wrong.map((one) => (
        <p key={one.name} role="alert">
          {one.text}
        </p>
      ))}
    </form>
  );
}

type Texts = Readonly<Record<Field['name'], string>>;

const textsOf = (view: View | undefined): Texts => ({
  mapPattern: view?.mapPattern ?? '',
  sitePattern: view?.sitePattern ?? '',
  keyGlob: view?.keyGlob ?? '',
  goid: view?.goid === undefined ? '' : String(view.goid),
});

const viewOf = (texts: Texts): Partial<View> => ({
  mapPattern: texts.mapPattern || undefined,
  sitePattern: texts.sitePattern || undefined,
  keyGlob: texts.keyGlob || undefined,
  goid: texts.goid === '' ? undefined : Number(texts.goid),
});

function wrongPattern(text: string): string | undefined {
  try {
    new RegExp(text);
    return undefined;
  } catch (error) {
    return error instanceof Error
      ? error.message.replace(/^Invalid regular expression: /, 'is no pattern: ')
      : 'is no pattern';
  }
}
