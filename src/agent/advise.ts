import { advise } from '../advice/advise.ts';
import type { MapFacts } from '../advice/facts.ts';
import { pid as toPid } from '../model/ids.ts';
import type { AdviceReport, AdviseLine, AdviseOptions } from '../protocol/advice.ts';
import type { EndReason } from '../protocol/summary.ts';
import { gatherFacts } from './map_facts.ts';
import { RunClock } from './run_clock.ts';
import { UsageStream } from './usage_stream.ts';

/** Observes a process for a time, and then says what its maps would be better for. */
export async function* adviseLines(
  options: AdviseOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly AdviseLine[], void> {
  const stream = new UsageStream(toPid(options.pid), options.observeMs / 1000);
  const clock = new RunClock(options.observeMs, signal);
  try {
    yield [stream.attached];
    let end: EndReason | undefined;
    while (end === undefined) {
      stream.drain();
      end = stream.target.ended() ?? clock.ended;
      if (end === undefined) await clock.tick(stream.fill);
    }
    const observedMs = clock.elapsedMs;
    stream.finish();
    const facts = gatherFacts(stream, observedMs / 1000);
    const advice = advise(facts.filter((one) => isMeant(one, options.map)));
    yield [...advice, report(stream, facts, { ended: end, observedMs, advice: advice.length })];
  } finally {
    stream.close();
  }
}

function isMeant({ map }: MapFacts, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  const regex = new RegExp(pattern);
  return [map.name, map.type].some((text) => text !== undefined && regex.test(text));
}

function report(
  stream: UsageStream,
  facts: readonly MapFacts[],
  {
    ended,
    observedMs,
    advice,
  }: { readonly ended: EndReason; readonly observedMs: number; readonly advice: number },
): AdviceReport {
  const reads = stream.counters.reduce((sum, one) => sum + one.count, 0);
  return {
    type: 'advised',
    pid: stream.target.pid,
    observed_ms: Math.round(observedMs),
    ended,
    maps: facts.length,
    operations: stream.usage.operations + reads,
    lost: stream.lost,
    advice,
  };
}
