import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';
import type { Provider } from '../http/provider.ts';
import type { FetchContext } from './fetch-half.ts';
import { actionOf, gradesOf, type Issuer } from './issuer.ts';
import { changed, readJson } from './read-answer.ts';

/** Not published; 429 comes early. */
const yahoo: Provider = {
  name: 'yahoo',
  hosts: ['query2.finance.yahoo.com', 'fc.yahoo.com'],
  limit: { requests: 1, perMs: 2_000, burst: 3 },
};

const raw = z.object({ raw: z.number() });
const modules = z.object({
  upgradeDowngradeHistory: z.object({
    history: z.array(
      z.object({
        epochGradeDate: z.int().nonnegative(),
        firm: z.string(),
        toGrade: z.string(),
        fromGrade: z.string(),
        action: z.string(),
      }),
    ),
  }),
  earningsTrend: z.object({
    trend: z.array(
      z.object({
        period: z.string(),
        earningsEstimate: z.object({ numberOfAnalysts: raw.partial() }),
        epsTrend: z.object({ current: raw.partial(), '30daysAgo': raw.partial() }),
        epsRevisions: z.object({ upLast30days: raw.partial(), downLast30days: raw.partial() }),
      }),
    ),
  }),
  price: z.object({ regularMarketPrice: z.object({ raw: z.number().positive() }) }),
});
const summary = z.object({ quoteSummary: z.object({ result: z.array(modules).min(1) }) });

/** Ratings and the estimates of the current quarter, as Yahoo's pages get them. */
export async function yahooIssuer(symbol: string, context: FetchContext): Promise<Issuer> {
  const { get, cookiesOf, settings } = context;
  if (!settings.unofficial.yahoo) {
    const expected = 'unofficial: {yahoo: true} in config/sources.yaml, if you may use it; fmp is published';
    throw new DeskError('NotAuthorized', 'yahoo is off', { path: 'unofficial.yahoo', expected });
  }
  const host = 'query2.finance.yahoo.com';
  const cookie = await cookiesOf(yahoo, { host: 'fc.yahoo.com', path: '/', accept: 'text' });
  const headers = cookie === '' ? {} : { cookie };
  const crumb = (await get(yahoo, { host, path: '/v1/test/getcrumb', headers, accept: 'text' })).trim();
  // A page that says no is text too.
  if (!/^[\x21-\x3b\x3d\x3f-\x7e]{1,64}$/.test(crumb)) {
    const found = crumb.startsWith('<') ? 'HTML' : JSON.stringify(crumb.slice(0, 60));
    throw changed('yahoo', 'no crumb', { path: `GET https://${host}/v1/test/getcrumb`, expected: 'a crumb', found });
  }
  const text = await get(yahoo, {
    host,
    path: `/v10/finance/quoteSummary/${encodeURIComponent(symbol)}`,
    query: { modules: 'upgradeDowngradeHistory,earningsTrend,price', crumb },
    headers,
    accept: 'json',
  });
  const [found] = readJson(text, summary, { provider: 'yahoo' }).quoteSummary.result;
  const events = found.upgradeDowngradeHistory.history.flatMap(
    ({ epochGradeDate, firm, fromGrade, toGrade, action }) => {
      const known = actionOf(action);
      return known === undefined
        ? []
        : [{ t: epochGradeDate * 1_000, firm, ...gradesOf(fromGrade, toGrade), action: known }];
    },
  );
  const estimates = estimatesOf(found);
  return { events, ...(estimates !== undefined && { estimates }) };
}

function estimatesOf({ earningsTrend, price }: z.output<typeof modules>): Issuer['estimates'] {
  const quarter = earningsTrend.trend.find(({ period }) => period === '0q');
  const epsNow = quarter?.epsTrend.current.raw;
  const epsThen = quarter?.epsTrend['30daysAgo'].raw;
  if (quarter === undefined || epsNow === undefined || epsThen === undefined) return undefined;
  const analysts = quarter.earningsEstimate.numberOfAnalysts.raw ?? 0;
  const [up, down] = [quarter.epsRevisions.upLast30days.raw ?? 0, quarter.epsRevisions.downLast30days.raw ?? 0];
  // Revisions by nobody are no revisions.
  const revised = analysts > 0 ? { up, down } : { up: 0, down: 0 };
  return { epsNow, epsThen, ...revised, analysts, price: price.regularMarketPrice.raw };
}
