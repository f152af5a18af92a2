import { useEffect, useRef, useState } from 'react';
import { type Answers, ask, AskError, type Params } from '../api/ask.ts';

/** What is known of a question. While the next answer is under way, the last one stays. */
export interface Answered<T> {
  readonly answer?: T;
  readonly error?: AskError;
  readonly waiting: boolean;
}

interface Kept<T> extends Answered<T> {
  readonly about: string;
}

/**
 * Asks, and again when the parameters change. `moving` are those that only say which time: an answer for another
 * time is better than none, one about another map is not. `undefined` params: nothing to ask yet. A greater `again`
 * asks the same once more.
 */
export function useAnswer<P extends keyof Answers>(
  path: P,
  fixed: Params | undefined,
  moving: Params = {},
  again = 0,
): Answered<Answers[P]> {
  const about = JSON.stringify([path, fixed]);
  const whole = JSON.stringify([about, moving, again]);
  const [kept, setKept] = useState<Kept<Answers[P]>>({ about, waiting: true });
  const busy = useRef(false);
  const params = useRef<Params>({});
  params.current = { ...fixed, ...moving };
  const [retry, setRetry] = useState(0);
  const nothing = fixed === undefined;
  const asked = useRef({ about: '', controller: new AbortController() });

  useEffect(() => {
    if (nothing) return;
    if (asked.current.about !== about) {
      asked.current.controller.abort();
      asked.current = { about, controller: new AbortController() };
      busy.current = false;
    }
    // A slow server is asked for the newest when it has answered, not for everything in between.
    if (busy.current) return;
    busy.current = true;
    const { controller } = asked.current;
    const sent = JSON.stringify(params.current);
    ask(path, params.current, controller.signal)
      .then((answer) => setKept({ about, answer, waiting: false }))
      .catch((error: unknown) => {
        if (controller.signal.aborted) return;
        const told = error instanceof AskError ? error : new AskError('refused', 'page', String(error));
        setKept((before) => ({
          ...(before.about === about ? before : {}),
          about,
          error: told,
          waiting: false,
        }));
      })
      .finally(() => {
        if (controller.signal.aborted) return;
        busy.current = false;
        if (JSON.stringify(params.current) !== sent) setRetry((n) => n + 1);
      });
  }, [path, about, whole, nothing, retry]);

  useEffect(() => () => asked.current.controller.abort(), []);

  return kept.about === about ? kept : { waiting: true };
}
