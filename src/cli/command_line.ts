import type { Questions } from '../protocol/questions.ts';
import { connect } from './connect.ts';
import { failed } from './failed.ts';
import { parseCommandLine } from './options/program.ts';
import type { Io } from './output/io.ts';
import { sayNotice } from './output/say.ts';
import { FdSink } from './output/sink.ts';
import { lastWord } from './last_word.ts';
import { jobOf, type Job } from './run.ts';
import { endingSignal } from './signals.ts';
import { helpColumns, openIo, stderrOnly } from './terminal.ts';

/** Runs a command line of mapaudit's own and gives the exit code. `version` is what `--version` says. */
export async function runCommandLine(
  args: readonly string[],
  version: string,
  createQuestions: () => Promise<Questions> = connect,
): Promise<number> {
  let io: Pick<Io, 'json' | 'err' | 'errStyle'> = stderrOnly(args);
  try {
    const request = parseCommandLine(args, version, helpColumns());
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

async function print(text: string): Promise<number> {
  await new FdSink(1, 'stdout').write(text);
  return 0;
}
