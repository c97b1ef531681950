import { z } from 'zod';
import type { Provider } from '../http/provider.ts';
import { deribitCurrency, volatilityIndex } from './deribit.ts';
import { asOf, dayMs, defineHalf, type FetchContext } from './fetch-half.ts';
import { changed, oldestFirst, readCsv, readDay, readJson, readNumber, utcDay } from './read-answer.ts';

const days = () => z.int().min(20).max(5_000).default(365).describe('closes, the latest');

const query = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.literal('deribit').describe('DVOL, no key'),
    currency: deribitCurrency(),
    days: days(),
    asOf: asOf(),
  }),
  z.strictObject({ provider: z.literal('cboe').describe('VIX and VIX3M, no key'), days: days(), asOf: asOf() }),
  z.strictObject({ provider: z.literal('fred').describe('VIX, with a key'), days: days(), asOf: asOf() }),
]);

/** Closes of a volatility index: DVOL of Deribit, or the VIX of Cboe or FRED. */
export const volatilityRegime = defineHalf({
  query,
  example: { provider: 'deribit', currency: 'BTC', days: 365 },
  fetch: async (asked, context) => {
    const untilMs = asked.asOf ?? context.nowMs;
    if (asked.provider === 'deribit') {
      const found = await volatilityIndex({ currency: asked.currency, days: asked.days, untilMs }, context);
      return { level: found.map(({ level }) => level) };
    }
    return asked.provider === 'cboe' ? fromCboe(asked.days, untilMs, context) : fromFred(asked.days, untilMs, context);
  },
});

const cboe: Provider = { name: 'cboe', hosts: ['cdn.cboe.com'], limit: { requests: 1, perMs: 1_000, burst: 2 } };

/** Closes by UTC midnight of their day, as points. */
async function cboeIndex(index: 'VIX' | 'VIX3M', untilMs: number, { get }: FetchContext): Promise<Map<number, number>> {
  const path = `/api/global/us_indices/daily_prices/${index}_History.csv`;
  const text = await get(cboe, { host: 'cdn.cboe.com', path, accept: 'csv' });
  const rows = readCsv(text, { provider: 'cboe', header: ['DATE', 'CLOSE'] });
  const closes = rows.map(([date, close], i) => {
    const [, month, day, year] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(date) ?? [];
    const t = utcDay(Number(year), Number(month), Number(day));
    if (Number.isNaN(t))
      throw changed('cboe', 'no date', { path: `row ${i + 2}`, expected: 'MM/DD/YYYY', found: date });
    return { t, close: readNumber(close, { provider: 'cboe', path: `row ${i + 2}` }) };
  });
  if (closes.length === 0) throw changed('cboe', `no days of ${index}`, { path: 'row 2' });
  const inOrder = oldestFirst(closes, { provider: 'cboe', pathOf: (i) => `row ${i + 2}` });
  return new Map(inOrder.filter(({ t }) => t + dayMs <= untilMs).map(({ t, close: points }) => [t, points]));
}

async function fromCboe(count: number, untilMs: number, context: FetchContext) {
  const near = await cboeIndex('VIX', untilMs, context);
  const far = await cboeIndex('VIX3M', untilMs, context);
  const last = [...near.keys()].at(-1);
  const back = last === undefined ? undefined : far.get(last);
  return {
    level: [...near.values()].slice(-count).map((points) => points / 100),
    ...(back !== undefined && { backLevel: back / 100 }),
  };
}

const fred: Provider = { name: 'fred', hosts: ['api.stlouisfed.org'], limit: { requests: 2, perMs: 1_000 } };

const observations = z.object({
  observations: z.array(z.object({ date: z.string(), value: z.string() })).min(1),
});

async function fromFred(count: number, untilMs: number, { get, keyOf }: FetchContext) {
  const text = await get(fred, {
    host: 'api.stlouisfed.org',
    path: '/fred/series/observations',
    query: {
      series_id: 'VIXCLS',
      file_type: 'json',
      observation_end: new Date(untilMs - dayMs).toISOString().slice(0, 10),
    },
    secret: { value: keyOf('fred'), place: { query: 'api_key' } },
    accept: 'json',
  });
  const found = readJson(text, observations, { provider: 'fred' }).observations;
  const rows = found.map(({ date, value }, i) => {
    const path = `answer.observations[${i}].date`;
    return { t: readDay(date, { provider: 'fred', path }), date, value };
  });
  // '.' is a day without a value.
  const level = oldestFirst(rows, { provider: 'fred', pathOf: (i) => `answer.observations[${i}].date` })
    .filter(({ value }) => value !== '.')
    .map(({ date, value }) => readNumber(value, { provider: 'fred', path: date }) / 100);
  return { level: level.slice(-count) };
}
