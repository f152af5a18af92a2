import { type ReactNode, useState } from 'react';
import type { AskError } from '../api/ask.ts';
import { keepToken, tokenOf } from '../api/token.ts';
import { printable } from '../text/show.ts';
import { Command } from './panel.tsx';

/** Why there is no answer, and what to type next. */
export function Trouble({ error }: { readonly error: AskError }): ReactNode {
  return (
    <div className="trouble" role="alert">
      <p>
        <strong>{printable(error.message)}</strong> <span className="note">{printable(error.code)}</span>
      </p>
      {error.hint !== undefined && <Hint text={error.hint} />}
    </div>
  );
}

/** A hint is a command as a rule, and else a sentence. */
function Hint({ text }: { readonly text: string }): ReactNode {
  const shown = printable(text);
  return /^(sudo |mapaudit )/.test(shown) ? <Command text={shown} /> : <p>{shown}</p>;
}

/** The whole page while the server does not know who asks. */
export function TokenForm({
  error,
  done,
}: {
  readonly error: AskError;
  readonly done: () => void;
}): ReactNode {
  const [pasted, setPasted] = useState('');
  return (
    <main id="main" className="token" tabIndex={-1}>
      <h1>This page needs its token</h1>
      <p role="alert">{printable(error.message)}</p>
      <p>
        <code>mapaudit serve</code> prints an address with a token when it starts. Open that address, or paste
        it, or the token alone, here. It is kept for this tab only.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (tokenOf(pasted) === '') return;
          keepToken(tokenOf(pasted));
          done();
        }}
      >
        <label>
          Address or token
          <input
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={pasted}
            onChange={(event) => setPasted(event.target.value)}
          />
        </label>
        <button type="submit">Use it</button>
      </form>
      <p className="note">Lost it? Start the service again, and it prints a new one:</p>
      <Command text="sudo mapaudit serve" />
    </main>
  );
}
