import type { FeedSink } from '../../model/feed.ts';
import { type FeedSeries, feedSeries } from '../series/feed_series.ts';
import { CONTENT_TYPES, formatOf, metricsText } from './text.ts';

/** The answer to a scrape. */
export interface MetricsText {
  readonly body: string;
  readonly contentType: string;
}

/** Keeps the series of a feed for Prometheus. */
export interface PrometheusSink extends FeedSink {
  /** `accept`: the header of the scrape. */
  text(accept?: string): MetricsText;
}

/** `series`: those of another exporter, which then gets the feed; own ones where that is left out. */
export function prometheusSink(series: FeedSeries = feedSeries()): PrometheusSink {
  return {
    take: (items) => series.take(items),
    text: (accept) => {
      const format = formatOf(accept);
      return { body: metricsText(series.families, format), contentType: CONTENT_TYPES[format] };
    },
    close: () => series.close(),
  };
}
