import { type ReactNode, useEffect, useId, useState } from 'react';
import type { Answered } from '../state/use_answer.ts';
import { Trouble } from './trouble.tsx';

interface PanelProps {
  readonly title: string;
  /** Beside the title: what the numbers are of. */
  readonly note?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A part of a page, with a heading that screen readers jump to. */
export function Panel({ title, note, className = '', children }: PanelProps): ReactNode {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <span className="note">{note}</span>}
      </header>
      {children}
    </section>
  );
}

interface AnswerProps<T> {
  readonly of: Answered<T>;
  readonly children: (answer: T) => ReactNode;
}

/** What was answered; until then that it is waited for, and after a failure why. An older answer stays beneath. */
export function Answer<T>({ of, children }: AnswerProps<T>): ReactNode {
  return (
    <>
      {of.error !== undefined && <Trouble error={of.error} />}
      {of.answer !== undefined && children(of.answer)}
      {of.answer === undefined && of.error === undefined && <Waiting />}
    </>
  );
}

/** So long an answer takes where nothing is wrong. */
const USUAL_MS = 4000;

function Waiting(): ReactNode {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), USUAL_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p className="waiting">
      {long
        ? 'Still asking. The service takes long to answer: its machine is busy, or the span is long. Take a shorter one.'
        : 'Asking …'}
    </p>
  );
}

/** There is nothing here, and what to do about it. */
export function Empty({
  children,
  type,
}: {
  readonly children: ReactNode;
  readonly type?: string;
}): ReactNode {
  return (
    <div className="empty">
      <p>{children}</p>
      {type !== undefined && <Command text={type} />}
    </div>
  );
}

/** Something to type in a terminal. */
export function Command({ text }: { readonly text: string }): ReactNode {
  return (
    <p className="command">
      <span aria-hidden="true">$ </span>
      <code>{text}</code>
    </p>
  );
}
