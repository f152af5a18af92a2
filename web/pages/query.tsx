import { type ReactNode, useState } from 'react';
import type { ApiTable } from '../../src/protocol/api.ts';
import { uncountedText } from '../../src/protocol/text/uncounted.ts';
import { useAnswer } from '../state/use_answer.ts';
import { useChange } from '../state/use_view.ts';
import type { View } from '../state/view.ts';
import { grouped, moment, printable, shortly } from '../text/show.ts';
import { DataTable } from '../ui/data_table.tsx';
import { Name } from '../ui/name.tsx';
import { Answer, Empty, Panel } from '../ui/panel.tsx';

const EXAMPLES = [
  'deletes by site last 10m',
  'assigns by map last 1h',
  'operations by process last 15m',
] as const;

/** A question in words, answered with a table: as `mapaudit query`. */
export function QueryPage({ view }: { readonly view: View }): ReactNode {
  const change = useChange(view);
  const [text, setText] = useState(view.question ?? '');
  const answered = useAnswer('query', view.question === undefined ? undefined : { q: view.question });
  return (
    <>
      <h1 className="unseen">Ask</h1>
      <form
        className="ask"
        role="search"
        aria-label="Ask"
        onSubmit={(event) => {
          event.preventDefault();
          change({ question: text.trim() || undefined });
        }}
      >
        <label>
          <span>Question</span>
          <input
            id="first-filter"
            value={text}
            placeholder={EXAMPLES[0]}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <button type="submit">Ask</button>
      </form>
      {view.question === undefined ? (
        <Empty type={`mapaudit query '${EXAMPLES[0]}'`}>
          The same questions as on the command line: {EXAMPLES.join(' · ')}. The question says its own time;
          the range above does not matter here.
        </Empty>
      ) : (
        <Panel title={printable(view.question)}>
          <Answer of={answered}>{(answer) => <Table table={answer} />}</Answer>
        </Panel>
      )}
    </>
  );
}

function Table({ table }: { readonly table: ApiTable }): ReactNode {
  if (table.rows.length === 0)
    return (
      <>
        <Empty>No rows.</Empty>
        <Uncounted table={table} />
      </>
    );
  return (
    <>
      <DataTable<ApiTable['rows'][number]>
        label="Answer"
        rows={table.rows}
        left={table.left}
        keyOf={(_, i) => String(i)}
        columns={table.columns.map(({ name, kind }, i) => ({
          name,
          number: kind === 'number',
          cell: (row) => <Cell value={row[i]} kind={kind} />,
        }))}
      />
      <p className="note">
        {grouped(table.rows.length)} rows in {shortly(table.took_ms)}
      </p>
      <Uncounted table={table} />
    </>
  );
}

function Uncounted({ table: { uncounted = [] } }: { readonly table: ApiTable }): ReactNode {
  if (uncounted.length === 0) return null;
  return (
    <p className="note">
      <strong>Not counted, to keep to the budget: </strong>
      {uncountedText(uncounted)}. Counts are of the rest, rates over it.
    </p>
  );
}

interface CellProps {
  readonly value: string | number | boolean | null | undefined;
  readonly kind: ApiTable['columns'][number]['kind'];
}

function Cell({ value, kind }: CellProps): ReactNode {
  if (value === null || value === undefined) return <span className="place">unknown</span>;
  if (typeof value === 'string') return <Name text={value} />;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (kind === 'time') return moment(value);
  return Number.isInteger(value) ? grouped(value) : String(Math.round(value * 1000) / 1000);
}
