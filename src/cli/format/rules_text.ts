import type { FindingLine, RulesChecked, RulesTested } from '../../protocol/rules.ts';
import { counted, grouped, spoken } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';
import { clockText } from '../../protocol/text/words.ts';
import type { Style } from '../output/style.ts';

/** `rules check` */
export function checkedText({ file, rules, disabled, actions }: RulesChecked): readonly string[] {
  const wide = Math.max(0, ...rules.map(({ name }) => name.length));
  const off = disabled.length === 0 ? '' : `, ${counted(disabled.length, 'rule')} turned off`;
  return [
    `${printable(file)} is in order: ${counted(rules.length, 'rule')}${off}, ${counted(actions.length, 'action')}`,
    ...rules.map(({ name, kind, severity }) => `  ${name.padEnd(wide)}  ${kind.padEnd(11)}  ${severity}`),
    ...actions.map(({ name, kind }) => `  action ${name}: ${kind}`),
  ];
}

/** A finding of `rules test`, in the time of the recording. */
export function foundText(
  { at, finding }: { readonly at: number; readonly finding: FindingLine },
  style: Style,
): readonly string[] {
  const { state, severity, title, evidence, since } = finding;
  if (state === 'resolved') return [`${clockText(at)}  ${style.dim(`over      ${printable(title)}`)}`];
  const paint = severity === 'info' ? style.bold : style.warn;
  const lasted = at - since >= 1000 ? ` (since ${clockText(since)})` : '';
  return [
    `${clockText(at)}  ${paint(severity.padEnd(8))}  ${printable(title)}${lasted}`,
    ...evidence.map(({ text }) => `            ${printable(text)}`),
  ];
}

/** The end of `rules test`. */
export function testedText(
  { rules, expected, from, to, ok, recording }: RulesTested,
  style: Style,
): readonly string[] {
  const span =
    from === undefined || to === undefined ? 'nothing is counted in it' : `${spoken(to - from)} of it`;
  const wide = Math.max(0, ...rules.map(({ name }) => name.length));
  return [
    '',
    style.bold(`${counted(rules.length, 'rule')} on ${printable(recording)}, ${span}`),
    ...rules.map(({ name, fired, resolved, beyond }) => {
      const more = beyond === 0 ? '' : `, ${grouped(beyond)} times there was too much to follow`;
      return `  ${name.padEnd(wide)}  ${fired === 0 ? 'silent' : `fired ${grouped(fired)}, over ${grouped(resolved)}`}${more}`;
    }),
    ...expected.map(({ rule, wanted, met }) =>
      met ? `  as expected: ${rule} ${wanted}` : style.bad(`  not as expected: ${rule} ${NOT[wanted]}`),
    ),
    ...(expected.length === 0 || !ok ? [] : [`  ${counted(expected.length, 'expectation')} met`]),
  ];
}

const NOT = { fires: 'does not fire', recovers: 'does not recover', silent: 'is not silent' } as const;
