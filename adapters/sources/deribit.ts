import { z } from 'zod';
import type { Answer } from '../http/exchange.ts';
import type { Provider } from '../http/provider.ts';
import { dayMs, type FetchContext } from './fetch-half.ts';
import { changed, oldestFirst, readJson, readValue } from './read-answer.ts';

/** Error 10028, too_many_requests, comes in the body; credits come back within a second. */
const waitAskedMs = ({ text }: Answer): number | undefined => (/"code"\s*:\s*10028\b/.test(text) ? 1_000 : undefined);

/** Public data, no key. Anonymous calls are limited by address, by how much is not published. */
const deribit: Provider = {
  name: 'deribit',
  hosts: ['www.deribit.com'],
  limit: { requests: 5, perMs: 1_000, burst: 5 },
  waitAskedMs,
};

/** Currencies with a volatility index and with options on coins. */
export const deribitCurrency = () => z.enum(['BTC', 'ETH']).default('BTC').describe('coin');

const place = { provider: 'deribit' };

async function ask<Schema extends z.ZodType>(
  { get }: FetchContext,
  asked: Readonly<{ method: string; query: Readonly<Record<string, string>>; result: Schema }>,
): Promise<z.output<Schema>> {
  const text = await get(deribit, {
    host: 'www.deribit.com',
    path: `/api/v2/public/${asked.method}`,
    query: asked.query,
    accept: 'json',
  });
  const { result } = readJson(text, z.object({ result: z.unknown() }), place);
  return readValue(result, asked.result, { ...place, root: 'answer.result' });
}

const candle = z.tuple([z.int(), z.number(), z.number(), z.number(), z.number()]);
const indexPage = z.object({ data: z.array(candle), continuation: z.int().nullable().optional() });
const pathOf = (i: number) => `answer.result.data[${i}][0]`;
const mostPages = 20;

/** A day of the volatility index: when it begins, and its close as a fraction. */
export type IndexDay = Readonly<{ t: number; level: number }>;

/** Days of DVOL that are over at `untilMs`, the latest `days`, oldest first. */
export async function volatilityIndex(
  { currency, days, untilMs }: Readonly<{ currency: string; days: number; untilMs: number }>,
  context: FetchContext,
): Promise<IndexDay[]> {
  const closes = new Map<number, number>();
  const fromMs = untilMs - (days + 1) * dayMs;
  let endMs: number | null | undefined = untilMs;
  for (let page = 0; page < mostPages && endMs !== null && endMs !== undefined && endMs >= fromMs; page++) {
    const query = {
      currency,
      start_timestamp: String(fromMs),
      end_timestamp: String(endMs),
      resolution: '1D',
    };
    const found: z.output<typeof indexPage> = await ask(context, {
      method: 'get_volatility_index_data',
      query,
      result: indexPage,
    });
    const candles = found.data.map(([t, , , , close]) => ({ t, close }));
    for (const { t, close } of oldestFirst(candles, { ...place, pathOf })) closes.set(t, close);
    if (typeof found.continuation === 'number' && found.continuation >= endMs)
      throw changed('deribit', 'a page that does not go on', { path: 'answer.result.continuation' });
    endMs = found.continuation;
  }
  if (closes.size === 0) throw changed('deribit', 'no days', { path: 'answer.result.data' });
  return [...closes]
    .filter(([t]) => t + dayMs <= untilMs)
    .toSorted(([a], [b]) => a - b)
    .slice(-days)
    .map(([t, close]) => ({ t, level: fractionOf(close, t) }));
}

/** Points to a fraction; a change of unit has to fail, not to pass for a calm market. */
function fractionOf(points: number, t: number): number {
  const level = points / 100;
  if (level > 0.01 && level < 5) return level;
  throw changed('deribit', 'a volatility in another unit', {
    path: `day ${new Date(t).toISOString().slice(0, 10)}`,
    expected: '1 to 500 points',
    found: String(points),
  });
}

const summaries = z
  .array(
    z.object({
      instrument_name: z.string(),
      mark_iv: z.number(),
      underlying_price: z.number(),
      bid_price: z.number().nullable(),
      ask_price: z.number().nullable(),
      creation_timestamp: z.int(),
    }),
  )
  .min(1);

export type BookSummary = z.output<typeof summaries>[number];

/** The whole option chain of a coin, in one call. */
export const optionSummaries = (currency: string, context: FetchContext): Promise<BookSummary[]> =>
  ask(context, {
    method: 'get_book_summary_by_currency',
    query: { currency, kind: 'option' },
    result: summaries,
  });
