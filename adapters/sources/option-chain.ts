import { z } from 'zod';
import { type BookSummary, deribitCurrency, optionSummaries } from './deribit.ts';
import { defineHalf } from './fetch-half.ts';
import { changed, refuseRepeats, utcDay } from './read-answer.ts';

const query = z.strictObject({
  currency: deribitCurrency(),
  twoSided: z.boolean().default(false).describe('only options with a bid and an ask'),
  history: z.array(z.number()).optional().describe('past `normalised` of the plugin, oldest first'),
});

/** The option chain of a coin on Deribit, as it is now. */
export const optionChain = defineHalf({
  query,
  example: { currency: 'BTC', twoSided: true },
  fetch: async ({ currency, twoSided, history }, context) => {
    const summaries = await optionSummaries(currency, context);
    const names = summaries.map(({ instrument_name: name }) => name);
    refuseRepeats(names, { provider: 'deribit', pathOf: (i) => `answer.result[${i}].instrument_name` });
    const quoted = summaries.filter(
      ({ mark_iv: iv, bid_price: bid, ask_price: ask }) => iv > 0 && !(twoSided && (bid === null || ask === null)),
    );
    const expiries = Map.groupBy(quoted, ({ instrument_name: name }) => instrumentOf(name).expiry);
    return {
      asOf: summaries.reduce((latest, { creation_timestamp: t }) => Math.max(latest, t), 0) || context.nowMs,
      expiries: [...expiries].toSorted(([a], [b]) => a - b).map(([expiry, options]) => expiryOf(expiry, options)),
      ...(history !== undefined && { history }),
    };
  },
});

/** The synthetic forward moves while the chain is read: the median of what its options say. */
function expiryOf(expiry: number, options: readonly BookSummary[]) {
  const forwards = options.map(({ underlying_price: price }) => price).toSorted((a, b) => a - b);
  return {
    expiry,
    forward: forwards[Math.floor(forwards.length / 2)],
    quotes: options.map(({ instrument_name: name, mark_iv: iv }) => {
      const { strike, type } = instrumentOf(name);
      return { strike, type, iv: iv / 100 };
    }),
  };
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** `BTC-26DEC25-100000-C`: it expires at 08:00 UTC. A d in the strike is a decimal point. */
function instrumentOf(name: string): Readonly<{ expiry: number; strike: number; type: 'call' | 'put' }> {
  const [, day, month, year, strike, type] = /^\w+-(\d{1,2})([A-Z]{3})(\d\d)-(\d+(?:d\d+)?)-([CP])$/.exec(name) ?? [];
  const t = utcDay(2000 + Number(year), months.indexOf(month) + 1, Number(day));
  if (Number.isNaN(t))
    throw changed('deribit', 'an instrument of another form', { expected: 'BTC-26DEC25-100000-C', found: name });
  return {
    expiry: t + 8 * 3_600_000,
    strike: Number(strike.replace('d', '.')),
    type: type === 'C' ? 'call' : 'put',
  };
}
