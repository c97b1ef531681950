import { timeframeMs } from '../../core/market/timeframe.ts';
import type { CandleHistory } from './candle-history.ts';

const dayMs = timeframeMs['1d'];

type Pages = CandleHistory['page'];

type Holes = Readonly<{
  /** Candles of a page, also of one that a venue ends by time. */
  pageCandles: number;
  /** It has candles of days, by which a long hole is passed in a few questions. */
  hasDays: boolean;
  nowMs: () => number;
}>;

/**
 * Pages of a venue that answers with nothing where its page lies in a hole (before a listing, in a halt), so that only
 * what has no candle any more is empty: it is asked on, by days first, up to now.
 */
export const pastHoles =
  (page: Pages, { pageCandles, hasDays, nowMs }: Holes): Pages =>
  async (series, fromMs, signal) => {
    const from = async (timeframe: typeof series.timeframe, startMs: number) =>
      (await page({ ...series, timeframe }, startMs, signal)).filter(({ openMs }) => openMs >= startMs);
    /** When the day began that is the first with a candle and not over by then; days of some venues begin at 16:00. */
    const nextDayMs = async (startMs: number): Promise<number | undefined> => {
      for (let ms = startMs - dayMs; ms < nowMs(); ms += pageCandles * dayMs) {
        const day = (await from('1d', ms)).find(({ openMs }) => openMs + dayMs > startMs);
        if (day !== undefined) return day.openMs;
      }
      return undefined;
    };
    const pageMs = pageCandles * timeframeMs[series.timeframe];
    const byDays = hasDays && timeframeMs[series.timeframe] < dayMs;
    for (let ms = fromMs; ms < nowMs();) {
      const bars = await from(series.timeframe, ms);
      if (bars.length > 0) return bars;
      const nextMs = byDays ? await nextDayMs(ms) : ms;
      if (nextMs === undefined) return [];
      ms = nextMs > ms ? nextMs : ms + pageMs;
    }
    return [];
  };
