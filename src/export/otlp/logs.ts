import { type Context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { type AnyValueMap, type Logger, SeverityNumber } from '@opentelemetry/api-logs';
import type { FeedItem, SampledEvents, ServedEvent } from '../../model/feed.ts';
import type { Finding, Severity } from '../../model/finding.ts';
import type { ProcessRef, SiteRef } from '../../model/window.ts';

const SEVERITIES: Readonly<Record<Severity, SeverityNumber>> = {
  info: SeverityNumber.INFO,
  warning: SeverityNumber.WARN,
  critical: SeverityNumber.ERROR,
};

/** Deletes of each second that become a log record. */
const MOST_A_SECOND = 100;

/** Findings, and sampled deletes and clears, as log records. */
export class FeedLogs {
  readonly #logger: Logger;
  #second = 0;
  #sent = 0;
  #leftOut = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  take(items: readonly FeedItem[]): void {
    for (const item of items) {
      if (item.type === 'finding') this.#finding(item.finding, item.at);
      else if (item.type === 'events') this.#events(item);
    }
  }

  #finding({ id, rule, severity, state, title, subject, evidence, since }: Finding, at: number): void {
    const isOver = state === 'resolved';
    this.#logger.emit({
      eventName: 'mapaudit.finding',
      timestamp: at,
      severityNumber: isOver ? SeverityNumber.INFO : SEVERITIES[severity],
      severityText: isOver ? 'info' : severity,
      body: title,
      attributes: {
        ...processAttributes(subject.process),
        ...mapAttributes(subject.mapType, subject.mapAddress),
        ...siteAttributes(subject.site),
        ...(subject.prefix === undefined ? {} : { 'map.key.prefix': subject.prefix }),
        'mapaudit.finding.id': id,
        'mapaudit.finding.rule': rule,
        'mapaudit.finding.state': state,
        'mapaudit.finding.severity': severity,
        'mapaudit.finding.since': new Date(since).toISOString(),
        'mapaudit.finding.evidence': evidence.map(({ text }) => text),
      },
    });
  }

  #events({ process, sampledEvery, events }: SampledEvents): void {
    for (const event of events) {
      if (event.op !== 'delete' && event.op !== 'clear') continue;
      const at = Date.parse(event.time);
      const second = Math.floor(at / 1000);
      if (second > this.#second) this.#nextSecond(second, at);
      if (this.#sent >= MOST_A_SECOND) this.#leftOut++;
      else {
        this.#sent++;
        this.#delete(event, process, sampledEvery, at);
      }
    }
  }

  #nextSecond(second: number, at: number): void {
    if (this.#leftOut > 0)
      this.#logger.emit({
        eventName: 'mapaudit.deletes_left_out',
        timestamp: at,
        severityNumber: SeverityNumber.INFO,
        severityText: 'info',
        body: `${this.#leftOut.toLocaleString('en-US')} more sampled deletes were left out: at most ${MOST_A_SECOND} a second become log records`,
        attributes: { 'mapaudit.left_out': this.#leftOut },
      });
    this.#second = second;
    this.#sent = 0;
    this.#leftOut = 0;
  }

  #delete(event: ServedEvent, process: ProcessRef, every: number, at: number): void {
    const { op, map, key, found, goroutine, caller, trace_id: traceId, span_id: spanId, removed } = event;
    const context = traceOf(event);
    this.#logger.emit({
      eventName: `mapaudit.${op}`,
      ...(context === undefined ? {} : { context }),
      timestamp: at,
      severityNumber: SeverityNumber.DEBUG,
      severityText: 'debug',
      body: `${op} ${map.type ?? 'map'}${key?.text === undefined ? '' : ` ${key.text}`}`,
      attributes: {
        ...processAttributes(process),
        ...mapAttributes(map.type, map.address),
        ...siteAttributes(caller),
        ...(key?.text === undefined ? {} : { 'map.key': key.text }),
        ...(key?.hash === undefined ? {} : { 'map.key.hash': key.hash }),
        ...(found === undefined ? {} : { 'map.key.found': found }),
        ...(removed === undefined ? {} : { 'map.removed': removed }),
        ...(goroutine === undefined ? {} : { 'goroutine.id': goroutine.id }),
        ...labelAttributes(event.labels),
        ...(traceId === undefined || context !== undefined ? {} : { trace_id: traceId }),
        ...(spanId === undefined || context !== undefined ? {} : { span_id: spanId }),
        'thread.id': event.thread,
        'mapaudit.sampled_every': every,
      },
    });
  }
}

/** Fields of the log record: the SDK takes both ids or none. One alone becomes an attribute. */
function traceOf({ trace_id: traceId, span_id: spanId }: ServedEvent): Context | undefined {
  if (traceId === undefined || spanId === undefined) return undefined;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.NONE });
}

const labelAttributes = (labels: ServedEvent['labels'] = {}): AnyValueMap =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [`goroutine.label.${name}`, value]));

const processAttributes = ({ pid, name }: ProcessRef): AnyValueMap => ({
  'process.pid': pid,
  'process.executable.name': name,
});

const mapAttributes = (mapType: string | undefined, address: string | undefined): AnyValueMap => ({
  ...(mapType === undefined ? {} : { 'map.type': mapType }),
  ...(address === undefined ? {} : { 'map.address': address }),
});

const siteAttributes = (site: SiteRef | undefined): AnyValueMap =>
  site === undefined
    ? {}
    : {
        'code.function.name': site.function,
        ...(site.file === undefined ? {} : { 'code.file.path': site.file }),
        ...(site.line === undefined ? {} : { 'code.line.number': site.line }),
      };
