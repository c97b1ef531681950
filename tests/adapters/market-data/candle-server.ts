import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { isTimeframe, timeframeMs } from '../../../core/market/timeframe.ts';
import { recordedMarkets } from '../exchange/recorded-venue.ts';

type Candles = Readonly<{
  /** Whether there is a candle of the minute that opens then. */
  has(minuteMs: number): boolean;
  fromMs: number;
  nowMs: number;
  /** A page ends so many candles after its start, also where there is none, as at many venues; else it goes on to the next. */
  windowed: boolean;
  /** When its days begin, after midnight. */
  dayStartMs?: number;
}>;

/** Binance's candles with holes; `asked` lists the starts of the pages by interval. */
export async function startCandleServer({ has, fromMs, nowMs, windowed, dayStartMs = 0 }: Candles) {
  const asked: string[] = [];
  const klines = (query: URLSearchParams) => {
    const interval = query.get('interval') ?? '';
    const stepMs = isTimeframe(interval) ? timeframeMs[interval] : 60_000;
    const limit = Number(query.get('limit'));
    const gridMs = interval === '1d' ? dayStartMs : 0;
    const startMs = Math.ceil((Number(query.get('startTime')) - gridMs) / stepMs) * stepMs + gridMs;
    asked.push(`${interval} ${new Date(startMs).toISOString().slice(0, 16)}`);
    const endMs = Math.min(nowMs, windowed ? startMs + limit * stepMs : Infinity);
    const rows: (string | number)[][] = [];
    for (
      let ms = Math.max(startMs, Math.floor((fromMs - gridMs) / stepMs) * stepMs + gridMs);
      ms < endMs && rows.length < limit;
      ms += stepMs
    ) {
      const isThere = Array.from({ length: stepMs / 60_000 }, (_, minute) => ms + minute * 60_000).some(has);
      if (isThere) rows.push([ms, '100', '101', '99', '100', '1', ms + stepMs - 1, '100', 1, '1', '100', '0']);
    }
    return rows;
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://venue');
    const answers: Readonly<Record<string, () => unknown>> = {
      '/api/v3/exchangeInfo': () => recordedMarkets('BINANCE'),
      '/api/v3/time': () => ({ serverTime: nowMs }),
      '/api/v3/klines': () => klines(searchParams),
    };
    const answer = Object.hasOwn(answers, pathname) ? answers[pathname] : undefined;
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer?.() ?? { code: -1, msg: 'unknown' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
