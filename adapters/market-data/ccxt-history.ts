import { DeskError } from '../../core/errors.ts';
import { createClient } from '../exchange/ccxt/client.ts';
import { sleep, systemTimers } from '../feeds/timers.ts';
import type { CandleHistory, HistoryBar, HistoryOptions } from './candle-history.ts';
import { pastHoles } from './past-holes.ts';

const timeoutMs = 10_000;

const pageCandles = 500;

/** Candles of any venue that ccxt has them of, at the pace that ccxt knows of it. */
export async function openCcxtHistory(venue: string, { baseUrl }: HistoryOptions): Promise<CandleHistory> {
  const client = await createClient({
    venue,
    mode: 'live', // no key, no order: what everybody may read
    ...(baseUrl !== undefined && { baseUrl }),
    options: {},
    textNumbers: false,
    timeoutMs,
  });
  const { ccxt } = client;
  if (ccxt.has['fetchOHLCV'] !== true) {
    await client.close();
    throw new DeskError('BadInput', `${venue} gives no candles`, { path: '--venue', found: venue });
  }
  const asked = async <Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> => {
    await sleep(systemTimers, Number(ccxt.rateLimit), signal);
    try {
      return await work();
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      const code = /RateLimit|DDoS/.test(name)
        ? 'RateLimited'
        : /Network|Timeout|NotAvailable/.test(name)
          ? 'NotReachable'
          : 'BadInput';
      const found = error instanceof Error ? error.message.slice(0, 200) : String(error);
      throw new DeskError(code, `${venue} refuses the request`, { found });
    }
  };
  const page: CandleHistory['page'] = async ({ symbol, timeframe }, fromMs, signal) => {
    await asked(() => ccxt.loadMarkets(), signal);
    const rows = await asked(() => ccxt.fetchOHLCV(symbol, timeframe, fromMs, pageCandles), signal);
    return rows.map(([openMs, open, high, low, close, volume]): HistoryBar => ({
      openMs: Number(openMs),
      open: Number(open),
      high: Number(high),
      low: Number(low),
      close: Number(close),
      volume: Number(volume),
    }));
  };
  const hasDays = Object.hasOwn(ccxt.timeframes ?? {}, '1d');
  return {
    venue,
    check: ({ timeframe }) => {
      const known = Object.keys(ccxt.timeframes ?? {});
      if (known.includes(timeframe)) return;
      throw new DeskError('BadInput', `no timeframe of ${venue}`, {
        path: '--timeframe',
        expected: known.join(' '),
        found: timeframe,
      });
    },
    nowMs: async (signal) => {
      if (ccxt.has['fetchTime'] !== true) return systemTimers.nowMs();
      return (await asked(() => ccxt.fetchTime(), signal)) ?? systemTimers.nowMs();
    },
    page: pastHoles(page, { pageCandles, hasDays, nowMs: systemTimers.nowMs }),
    close: () => client.close(),
  };
}
