/** What exporters of all kinds have in common. */
interface Exporter<T> {
  export(items: T, done: (result: { code: number; error?: Error }) => void): void;
}

/** ExportResultCode.SUCCESS */
const SUCCESS = 0;

/** Says when deliveries begin to fail, and when they succeed again. The exporter itself comes back. */
export function watched<T, E extends Exporter<T>>(
  exporter: E & Exporter<T>,
  what: string,
  say: ((trouble: string) => void) | undefined,
): E {
  const send = exporter.export.bind(exporter);
  let failed = 0;
  exporter.export = (items, done) =>
    send(items, (result) => {
      if (result.code === SUCCESS) {
        if (failed > 0) say?.(`OTLP ${what} are delivered again, after ${failed} deliveries that failed`);
        failed = 0;
      } else if (failed++ === 0)
        say?.(`OTLP ${what} cannot be delivered: ${result.error?.message ?? 'unknown'}`);
      done(result);
    });
  return exporter;
}
