import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';
import type { Answer } from '../http/exchange.ts';
import type { Provider } from '../http/provider.ts';
import { closes } from './binance.ts';
import { asOf, dayMs, defineHalf, type FetchContext } from './fetch-half.ts';
import { newYorkMs } from './new-york.ts';
import { numberOrText, oldestFirst, readCsv, readDay, readJson, readNumber, readValue } from './read-answer.ts';

const coin = () => z.enum(['BTC', 'ETH', 'SOL']).default('BTC').describe('coin that the funds hold');

const query = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.literal('sosovalue').describe('with a key'),
    symbol: coin(),
    days: z.int().min(22).max(300).default(300).describe('trading days, the latest'),
    asOf: asOf(),
  }),
  z.strictObject({
    provider: z
      .literal('farside')
      .describe('a file; assets after the first day are those of the day before, moved by the price, and the flow'),
    symbol: coin(),
    file: z.string().min(1).describe('CSV of the table at farside.co.uk, saved by hand: Date, …, Total'),
    aumUsd: z.number().positive().describe('assets of all funds at the close of the first day, USD'),
    asOf: asOf(),
  }),
]);

type Flow = Readonly<{ t: number; netFlow: number }>;

/** Net flows and assets of the US spot funds, with the price at 16:00 New York, when their shares are valued. */
export const etfFlows = defineHalf({
  query,
  example: { provider: 'sosovalue', symbol: 'BTC', days: 300 },
  fetch: async (asked, context) => {
    const nowMs = asked.asOf ?? context.nowMs;
    const flows = asked.provider === 'sosovalue' ? await fromSosovalue(asked, context) : fromFarside(asked.file);
    // Complete by noon UTC of the day after: a day's flow is never used on the day.
    const known = flows.filter(({ t }) => t + 1.5 * dayMs <= nowMs);
    if (known.length === 0) return { rows: [] };
    const prices = await pricesAtClose(asked.symbol, known, context);
    const priced = known.flatMap((flow) => {
      const price = prices.get(flow.t);
      return price === undefined ? [] : [{ ...flow, price }];
    });
    return { rows: asked.provider === 'sosovalue' ? priced : withAssets(priced, asked.aumUsd) };
  },
});

/** `{"code":42901,"details":{"retry_after":12}}`, in seconds. */
function waitAskedMs({ text }: Answer): number | undefined {
  if (!/"code"\s*:\s*42901\b/.test(text)) return undefined;
  const seconds = Number(/"retry_after"\s*:\s*"?(\d{1,6})/.exec(text)?.[1] ?? 3);
  return seconds * 1_000;
}

/** 20 requests a minute and 100,000 a month. */
const sosovalue: Provider = {
  name: 'sosovalue',
  hosts: ['openapi.sosovalue.com'],
  limit: { requests: 20, perMs: 60_000, burst: 2 },
  waitAskedMs,
};

// No coercion: it would make a missing flow 0.
const amount = numberOrText;
const history = z.array(z.object({ date: z.string(), total_net_inflow: amount, total_net_assets: amount })).min(1);
const enveloped = z.object({ data: z.unknown() });

async function fromSosovalue(
  { symbol, days }: Readonly<{ symbol: string; days: number }>,
  { get, keyOf }: FetchContext,
): Promise<readonly (Flow & { aum: number })[]> {
  const text = await get(sosovalue, {
    host: 'openapi.sosovalue.com',
    path: '/openapi/v1/etfs/summary-history',
    query: { symbol, country_code: 'US', limit: String(days) },
    secret: { value: keyOf('sosovalue'), place: { header: 'x-soso-api-key' } },
    accept: 'json',
  });
  // The list stands alone in the documentation, and under `data` in answers of the same interface.
  const provider = 'sosovalue';
  const answer = readJson(text, z.unknown(), { provider });
  const root = Array.isArray(answer) ? 'answer' : 'answer.data';
  const list = Array.isArray(answer) ? answer : readValue(answer, enveloped, { provider, root: 'answer' }).data;
  const rows = readValue(list, history, { provider, root }).map(
    ({ date, total_net_inflow: netFlow, total_net_assets: aum }, i) => {
      const t = readDay(date, { provider, path: `${root}[${i}].date` });
      return { t, netFlow, aum };
    },
  );
  return oldestFirst(rows, { provider, pathOf: (i) => `${root}[${i}].date` });
}

/** Millions of USD, outflows in brackets; days that are no dates (Total, Average) and days without flow are no rows. */
function fromFarside(file: string): Flow[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new DeskError('BadInput', 'the file cannot be read', { path: 'query.file', found: file, cause: thrown });
  }
  const rows = readCsv(text, { provider: file, header: ['Date', 'Total'] }).flatMap(([date, total], i) => {
    const t = /^\d{1,2} [A-Z][a-z]{2} \d{4}$/.test(date) ? Date.parse(`${date} 00:00:00 GMT`) : NaN;
    if (Number.isNaN(t) || total === '-' || total === '') return [];
    const [, inside] = /^\((.*)\)$/.exec(total) ?? [];
    const plain = (inside ?? total).replaceAll(',', '');
    const millions = readNumber(plain, { provider: file, path: `row ${i + 2}` });
    // A holiday stands in the table as 0.0.
    return millions === 0 ? [] : [{ t, netFlow: (inside === undefined ? 1 : -1) * millions * 1e6, row: i + 2 }];
  });
  return oldestFirst(rows, { provider: file, pathOf: (i) => `row ${rows[i].row}` }).map(({ t, netFlow }) => ({
    t,
    netFlow,
  }));
}

type Priced = Flow & Readonly<{ price: number }>;

function withAssets(rows: readonly Priced[], firstAum: number) {
  let aum = firstAum;
  return rows.map((row, i) => {
    if (i > 0) aum = aum * (row.price / rows[i - 1].price) + row.netFlow;
    return { ...row, aum };
  });
}

const hourMs = 3_600_000;

/** Price of the coin at 16:00 New York of each day: the close of the hour before. */
async function pricesAtClose(
  symbol: string,
  days: readonly Flow[],
  context: FetchContext,
): Promise<Map<number, number>> {
  const strikes = new Map(days.map(({ t }) => [newYorkMs(t, 16) - hourMs, t]));
  const hours = [...strikes.keys()];
  const bars = await closes(
    {
      symbol: `${symbol}USDT`,
      interval: '1h',
      fromMs: Math.min(...hours),
      toMs: Math.max(...hours) + 1,
    },
    context,
  );
  return new Map(
    bars.flatMap(({ openMs, close }) => {
      const t = strikes.get(openMs);
      return t === undefined ? [] : [[t, close] as const];
    }),
  );
}
