import type { Io } from './output/io.ts';
import { sayError } from './output/say.ts';
import { OutputClosed } from './output/sink.ts';
import { isUsageError } from './parse/usage_error.ts';

/** Says what went wrong, and gives the exit code. */
export async function failed(error: unknown, io: Pick<Io, 'json' | 'err' | 'errStyle'>): Promise<number> {
  if (error instanceof OutputClosed) return 0;
  await sayError(error, io);
  return isUsageError(error) ? 2 : 1;
}
