import type { IncidentReport, Moved, MovedKey, MovedSite, ReportProfile } from '../../protocol/report.ts';
import { grouped, rate } from '../../protocol/text/numbers.ts';
import { html, type Html, type Part } from './html.ts';
import { OP_WORDS, percent, fileLine } from '../../protocol/text/words.ts';

/** A column: its heading, and whether it holds numbers. */
interface Column {
  readonly head: string;
  readonly isNumber?: boolean;
  readonly className?: string;
}

/** A table that becomes a list of cards on narrow screens. */
function table(columns: readonly Column[], rows: readonly (readonly Part[])[]): Html {
  const kind = ({ isNumber, className }: Column): string => (isNumber === true ? 'n' : (className ?? ''));
  return html`<div class="wide">
    <table class="cards">
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" class="${kind(column)}">${column.head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, i) => {
                const column = columns[i] ?? { head: '' };
                const name = column.isNumber === true ? html` data-name="${column.head}"` : '';
                return html`<td class="${kind(column)}" ${name}>${cell}</td>`;
              })}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

const OP: Column = { head: 'Operation', className: 'op' };
const number = (head: string): Column => ({ head, isNumber: true });

/** Before and after; only one rate where nothing changed. */
function rates({ before, after }: Moved, hasChange: boolean): Part[] {
  if (!hasChange) return [`${rate(after)}/s`];
  const way = after > before ? 'up' : 'down';
  const sign = after > before ? '+' : '−';
  const change =
    before === after ? html`0` : html`<span class="${way}">${sign}${rate(Math.abs(after - before))}/s</span>`;
  return [`${rate(before)}/s`, `${rate(after)}/s`, change];
}

const rateColumns = (hasChange: boolean): Column[] =>
  hasChange ? [number('Before'), number('After'), number('Change')] : [number('Rate')];

/** Places in the program. */
export function sitesTable({ sites, main }: IncidentReport): Html {
  const hasChange = main !== undefined;
  if (sites.length === 0) return html`<p class="none">No place is known.</p>`;
  return table(
    [OP, { head: 'Place', className: 'what' }, ...rateColumns(hasChange)],
    sites.map((site) => [opCell(site), placeCell(site), ...rates(site, hasChange)]),
  );
}

/** Keys, or what they begin with. */
export function keysTable(keys: readonly MovedKey[], main: IncidentReport['main'], head: string): Html {
  const hasChange = main !== undefined;
  const shares = hasChange ? [number('Share before'), number('Share after')] : [number('Share')];
  return table(
    [OP, { head, className: 'what' }, ...rateColumns(hasChange), ...shares],
    keys.map((key) => [
      opCell(key),
      html`<code>${key.key}</code>${type(key.map_type)}`,
      ...rates(key, hasChange),
      ...(hasChange ? [percent(key.share_before)] : []),
      percent(key.share_after),
    ]),
  );
}

/** Maps that grew. */
export const growthTable = ({ growth }: IncidentReport): Html =>
  table(
    [
      { head: 'Map', className: 'what' },
      number('Growths'),
      number('Entries'),
      number('Size'),
      { head: 'Inserts from', className: 'what' },
    ],
    growth.map(({ map_type: of, address, growths, entries, unit, from, to, site }) => [
      html`<code>${of ?? 'a map'}</code
        >${address === undefined ? '' : html` <span class="note">${address}</span>`}`,
      grouped(growths),
      entries === undefined ? '' : grouped(entries),
      from === undefined || to === undefined ? '' : `${grouped(from)} → ${grouped(to)} ${unit ?? ''}`,
      html`<code>${site ?? ''}</code>`,
    ]),
  );

/** Functions of the CPU profile. */
export const profileTable = ({ functions }: ReportProfile): Html =>
  table(
    [{ head: 'Function', className: 'what' }, number('In it alone'), number('With what it calls')],
    functions.map(({ function: name, flat, cumulative, is_map: isMap }) => [
      html`<code>${name}</code>${isMap === true ? html` <span class="note">map function</span>` : ''}`,
      percent(flat),
      percent(cumulative),
    ]),
  );

const opCell = ({ op }: Moved): Html => html`<span class="op-${op}">${OP_WORDS[op]}</span>`;

function placeCell({ function: name, file, line, map_type: of }: MovedSite): Html {
  const place = fileLine(file, line);
  const where = place === '' ? '' : html` <span class="note" title="${file ?? ''}">${place}</span>`;
  return html`<code>${name ?? 'not known'}</code>${where}${type(of)}`;
}

const type = (of: string | undefined): Part =>
  of === undefined ? '' : html`<span class="type mono">${of}</span>`;
