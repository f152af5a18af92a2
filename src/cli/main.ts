import { readFile } from 'node:fs/promises';
import type { Questions } from '../protocol/questions.ts';
import { passToGo } from './commands/go.ts';
import { connect } from './connect.ts';
import { parseCommandLine } from './options/program.ts';
import type { Io } from './output/io.ts';
import { sayError, sayNotice } from './output/say.ts';
import { FdSink, OutputClosed } from './output/sink.ts';
import { lastWord } from './last_word.ts';
import { isUsageError } from './parse/usage_error.ts';
import { jobOf, type Job } from './run.ts';
import { endingSignal } from './signals.ts';
import { helpColumns, openIo, stderrOnly } from './terminal.ts';

/** Runs one command line and gives the exit code. Tests give their own `createQuestions`. */
export async function main(
  args: readonly string[],
  createQuestions: () => Promise<Questions> = connect,
): Promise<number> {
  let io: Pick<Io, 'json' | 'err' | 'errStyle'> = stderrOnly(args);
  try {
    const [first, ...behind] = args;
    if (first === 'go') return await passToGo(behind);
    const request = parseCommandLine(args, await version(), helpColumns());
    if (request.type === 'text') return await print(request.text);
    const job = jobOf(request.name, [request.argument, request.second, request.third], request.values);
    const mayReplace = request.name !== 'record' || request.values.force === true;
    const signal = endingSignal(() => sayNotice(lastWord(request.name, request.values), io));
    const opened = await openIo(request.values, signal, mayReplace);
    io = opened;
    return await runJob(job, opened, createQuestions);
  } catch (error) {
    return failed(error, io);
  }
}

async function runJob(job: Job, io: Io, createQuestions: () => Promise<Questions>): Promise<number> {
  const questions = await createQuestions();
  try {
    return await job(questions, io);
  } finally {
    await questions.close();
    await io.out.close();
  }
}

async function failed(error: unknown, io: Pick<Io, 'json' | 'err' | 'errStyle'>): Promise<number> {
  if (error instanceof OutputClosed) return 0;
  await sayError(error, io);
  return isUsageError(error) ? 2 : 1;
}

async function print(text: string): Promise<number> {
  await new FdSink(1, 'stdout').write(text);
  return 0;
}

/** From package.json, so that there is one place to change. */
async function version(): Promise<string> {
  const file = new URL('../../package.json', import.meta.url);
  const content = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  return content.version;
}
