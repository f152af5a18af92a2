import { jsonLine } from '../../base/json_line.ts';
import { parseListen, startApi } from '../../api/index.ts';
import type { Questions } from '../../protocol/questions.ts';
import type { ServeOptions, Service } from '../../protocol/serve.ts';
import { pageRoot } from '../connect.ts';
import type { Io } from '../output/io.ts';
import { sayNotice, toStderr } from '../output/say.ts';

/** `mapaudit serve`: a service and its API, until Ctrl-C. Prints the address of the page, with the token, and nothing else. */
export async function runServe(options: ServeOptions, questions: Questions, io: Io): Promise<number> {
  const listen = parseListen(options.listen);
  const service = await questions.serve(options);
  try {
    const webRoot = await pageRoot();
    const api = await startApi({
      questions: service.questions,
      ...(service.metrics === undefined ? {} : { metrics: service.metrics }),
      ...(webRoot === undefined ? {} : { webRoot }),
      listen,
      version: service.version,
      fault: (error) => service.fault(error),
    });
    try {
      const { address, page, token } = api;
      await io.out.write(
        io.json ? `${jsonLine({ type: 'serving', address, page, token })}\n` : `${io.outStyle.bold(page)}\n`,
      );
      if (!io.json) await toStderr(io.errStyle.dim(`${address}/metrics  Ctrl-C ends`), io);
      service.begin();
      await untilEnded(service, io);
    } finally {
      await api.close();
    }
  } finally {
    await service.close();
  }
  return 0;
}

/** Says what is to be known meanwhile. */
async function untilEnded(service: Service, io: Io): Promise<void> {
  const told = (async () => {
    for await (const { message, hint, code = 'service' } of service.notices)
      await sayNotice(
        { type: 'notice', level: 'info', code, message, ...(hint === undefined ? {} : { hint }) },
        io,
      );
  })();
  if (!io.signal.aborted)
    await new Promise((resolve) => io.signal.addEventListener('abort', resolve, { once: true }));
  await service.close();
  await told;
}
