import { spawn } from 'node:child_process';
import { isMapauditError } from '../../base/errors.ts';
import { onSuddenEnd } from '../../base/sudden_end.ts';
import type { Finding } from '../../model/finding.ts';
import { findingLine } from '../../protocol/rules.ts';
import type { AlertmanagerAction, ExecAction, WebhookAction } from '../../rules/definition.ts';
import { alertOf } from './alert.ts';
import { Refused } from './outbox.ts';
import { type Mask, secretOf } from './secrets.ts';

/** Answers that may be another the next time. */
const AGAIN = new Set([408, 425, 429]);
/** What a line of HTTP cannot hold: control characters but the tab, and what is beyond Latin-1. */
const NO_HEADER = /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/u;
/** Of what a program writes to stderr so much is repeated. */
const MOST_STDERR = 500;
/** And so much is read: a secret that is cut would not be known. */
const MOST_READ = 16_384;
/** After the end of a program, what it has written to stderr is read for so long. */
const LAST_WORDS_MS = 500;

/** Sends the finding as JSON. Throws with words that name neither address nor headers: they can be secrets. */
export function sendWebhook(action: WebhookAction, finding: Finding, signal: AbortSignal): Promise<void> {
  return post(action, secretOf(action.url), findingLine(finding), signal);
}

/** Sends the finding as an alert; `until`: when it is over unless it is sent again. */
export async function sendAlert(
  action: AlertmanagerAction,
  finding: Finding,
  until: number,
  signal: AbortSignal,
): Promise<void> {
  const base = secretOf(action.url).replace(/\/+$/, '');
  await post(action, `${base}/api/v2/alerts`, [alertOf(finding, action.labels, until)], signal);
}

async function post(
  { name, headers, timeoutMs }: WebhookAction | AlertmanagerAction,
  url: string,
  body: unknown,
  signal: AbortSignal,
): Promise<void> {
  const filled = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, secretOf(value)]));
  for (const [key, value] of Object.entries(filled))
    if (NO_HEADER.test(value)) throw new Refused(`action ${name}: what ${key} is to hold fits in no header`);
  const to = withoutLogin(url);
  if (to === undefined) throw new Refused(`action ${name}: what it is to be sent to is no address`);
  let status: number;
  try {
    const answer = await fetch(to.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'mapaudit', ...to.login, ...filled },
      body: JSON.stringify(body),
      // Elsewhere the headers would tell their secrets.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    status = answer.status;
    await answer.body?.cancel();
  } catch (error) {
    throw new Error(`action ${name}: ${whyNot(error)}`);
  }
  if (status >= 200 && status < 300) return;
  const message = `action ${name}: the answer was ${status}`;
  throw status >= 500 || AGAIN.has(status) ? new Error(message) : new Refused(message);
}

/**
 * `https://name:password@host/` is a common way to write a login, but fetch refuses it: it goes into a header. Undefined
 * of what is no address; the error would tell all of it.
 */
function withoutLogin(
  text: string,
): { readonly url: URL; readonly login: Record<string, string> } | undefined {
  try {
    const url = new URL(text);
    if (!/^https?:$/.test(url.protocol)) return undefined;
    const { username, password } = url;
    if (username === '' && password === '') return { url, login: {} };
    [url.username, url.password] = ['', ''];
    const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
    return { url, login: { authorization: `Basic ${login.toString('base64')}` } };
  } catch {
    return undefined;
  }
}

/** In words without the address: what fetch says can hold all of it. */
function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return 'it could not be reached';
  if (error.name === 'TimeoutError') return 'there was no answer in time';
  if (error.name === 'AbortError') return 'mapaudit ends';
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z][A-Z0-9_]+$/.test(code) ? `it could not be reached (${code})` : 'it could not be reached';
}

/**
 * Starts a program, without a shell, with the finding as JSON on its stdin. What it writes to stderr is repeated in words
 * of the error, without secrets that `mask` knows. It has a process group of its own: what it starts is ended
 * with it, after its time, and where mapaudit is told to end.
 */
export function runProgram(
  action: ExecAction,
  finding: Finding,
  mask: Mask,
  signal: AbortSignal,
): Promise<void> {
  const { name, timeoutMs } = action;
  const [program = '', ...args] = action.command;
  return new Promise((resolve, reject) => {
    const late = AbortSignal.timeout(timeoutMs);
    const over = AbortSignal.any([signal, late]);
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
    const end = (): void => {
      endGroup(child.pid);
      reject(
        new Error(
          `action ${name}: ${late.aborted ? 'the program took too long and was ended' : 'mapaudit ends'}`,
        ),
      );
    };
    over.addEventListener('abort', end, { once: true });
    // Nobody would watch its time any more.
    const callOff = onSuddenEnd(() => endGroup(child.pid));
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < MOST_READ) said += text.slice(0, MOST_READ - said.length);
    });
    child.on('error', (error) => {
      callOff();
      reject(new Refused(`action ${name}: the program cannot be started (${codeOf(error)})`));
    });
    // What it has started may hold its stderr open for ever.
    child.on('exit', () => {
      over.removeEventListener('abort', end);
      callOff();
      setTimeout(() => child.stderr.destroy(), LAST_WORDS_MS).unref();
    });
    child.on('close', (code, ended) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `action ${name}: the program ended with ${code ?? ended ?? 'an error'}${said === '' ? '' : `: ${mask(said).trim().slice(0, MOST_STDERR)}`}`,
          ),
        );
    });
    // A program that does not read is no error.
    child.stdin.on('error', () => undefined).end(`${JSON.stringify(findingLine(finding))}\n`);
  });
}

/** A program and all that it has started. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

const codeOf = (error: unknown): string =>
  isMapauditError(error) || !(error instanceof Error) || !('code' in error) ? 'unknown' : String(error.code);
