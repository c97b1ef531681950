import { z } from 'zod';
import type { FundingPage, FundingQuery } from '../../../core/ports/exchange.ts';
import { decimalText, idText, readAnswer } from '../read-answer.ts';
import type { BinanceApi } from './api.ts';

const pageSize = 1000;

const incomeShape = z.array(
  z.object({ symbol: z.string(), asset: z.string(), income: decimalText, time: z.number(), tranId: idText }),
);

/** One page of USD-M's funding payments, of all markets at once. The cursor is the number of the page. */
export async function fundingPage(
  { signed, markets, dialect }: BinanceApi,
  { sinceMs, cursor = '1' }: FundingQuery,
  signal?: AbortSignal,
): Promise<FundingPage> {
  const page = Number(cursor);
  const params = { incomeType: 'FUNDING_FEE', startTime: sinceMs, limit: pageSize, page };
  const answer = await signed({ method: 'GET', path: 'income', params, purpose: 'read', signal });
  const rows = readAnswer(incomeShape, answer, 'income');
  const payments = await Promise.all(
    rows.map(async ({ symbol, asset, income, time, tranId }) => ({
      venue: dialect.venue,
      fundingId: tranId,
      symbol: (await markets.symbolOf(symbol, signal)) ?? symbol,
      asset,
      amount: income,
      venueMs: time,
    })),
  );
  return rows.length < pageSize ? { payments } : { payments, next: String(page + 1) };
}
