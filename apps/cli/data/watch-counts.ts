import type { FeedEvent, FeedNotice } from '../../../core/ports/market-feed.ts';

/** What a feed told so far. `missing`: frames of gaps that nothing gave back; `dropped`: events that this reader was too slow for. */
export type WatchCounts = Readonly<{
  ticker: number;
  trade: number;
  book: number;
  candle: number;
  connected: number;
  disconnected: number;
  stale: number;
  gap: number;
  resynced: number;
  badFrame: number;
  missing: number;
  dropped: number;
}>;

export const noCounts: WatchCounts = {
  ticker: 0,
  trade: 0,
  book: 0,
  candle: 0,
  connected: 0,
  disconnected: 0,
  stale: 0,
  gap: 0,
  resynced: 0,
  badFrame: 0,
  missing: 0,
  dropped: 0,
};

export function counted(counts: WatchCounts, event: FeedEvent): WatchCounts {
  if (event.type === 'notice') return withNotice(counts, event.notice);
  if (event.type === 'order' || event.type === 'fill' || event.type === 'balance') return counts;
  return { ...counts, [event.type]: counts[event.type] + 1 };
}

function withNotice(counts: WatchCounts, notice: FeedNotice): WatchCounts {
  if (notice.kind === 'dropped') return { ...counts, dropped: counts.dropped + notice.count };
  const missing = notice.kind === 'gap' && !notice.backfilled ? notice.missing : 0;
  return { ...counts, [notice.kind]: counts[notice.kind] + 1, missing: counts.missing + missing };
}

/** Tickers, trades, books and candles. */
export const marketEvents = ({ ticker, trade, book, candle }: WatchCounts): number => ticker + trade + book + candle;

export function countsText(counts: WatchCounts, silent: readonly string[]): string {
  const told: readonly (readonly [number, string])[] = [
    [counts.ticker, 'tickers'],
    [counts.trade, 'trades'],
    [counts.book, 'books'],
    [counts.candle, 'candles'],
    [counts.disconnected, 'disconnects'],
    [counts.stale, 'stale'],
    [counts.gap, `gaps (${counts.missing} missing)`],
    [counts.resynced, 'resyncs'],
    [counts.badFrame, 'bad frames'],
    [counts.dropped, 'dropped'],
  ];
  const heard = `${marketEvents(counts)} events: ${told.map(([count, what]) => `${count} ${what}`).join(', ')}`;
  return silent.length === 0 ? heard : `${heard}; nothing of ${silent.join(', ')}`;
}
