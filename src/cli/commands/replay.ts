import type { Questions } from '../../protocol/questions.ts';
import { type ReplayRequest, replayedValues } from '../options/evidence_options.ts';
import type { OptionValues } from '../options/table.ts';
import type { Io } from '../output/io.ts';
import type { Job } from '../run.ts';

/** What a command line asks for. */
export type JobOf = (name: ReplayRequest['command'], values: OptionValues) => Job;

/** `mapaudit replay`: the command itself, asked of a recording. */
export async function runReplay(
  { replay, command, values }: ReplayRequest,
  jobOf: JobOf,
  questions: Questions,
  io: Io,
): Promise<number> {
  const opened = await questions.replay(replay);
  try {
    const job = jobOf(command, replayedValues(command, values, opened));
    return await job(opened.questions, io);
  } finally {
    await opened.questions.close();
  }
}
