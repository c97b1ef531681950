import { z } from 'zod';
import type { Provider } from '../http/provider.ts';
import { dayMs, type FetchContext } from './fetch-half.ts';
import { actionOf, gradesOf, type Issuer } from './issuer.ts';
import { oldestFirst, readDay, readJson } from './read-answer.ts';

/** The free plan has about 250 calls a day, paid ones hundreds a minute. */
const fmp: Provider = {
  name: 'fmp',
  hosts: ['financialmodelingprep.com'],
  limit: { requests: 4, perMs: 1_000, burst: 4 },
};

async function ask<Schema extends z.ZodType>(
  { get, keyOf }: FetchContext,
  { path, query, answer }: Readonly<{ path: string; query: Readonly<Record<string, string>>; answer: Schema }>,
): Promise<z.output<Schema>> {
  const text = await get(fmp, {
    host: 'financialmodelingprep.com',
    path: `/stable/${path}`,
    query,
    secret: { value: keyOf('fmp'), place: { query: 'apikey' } },
    accept: 'json',
  });
  return readJson(text, answer, { provider: 'fmp' });
}

const pathOf = (i: number) => `answer[${i}].date`;

/** Midnight UTC of `2025-10-30` or `2025-10-30 12:00:00`. */
const dateMs = (text: string, i: number): number => readDay(text, { provider: 'fmp', path: pathOf(i) });

const grades = z.array(
  z.object({
    date: z.string(),
    gradingCompany: z.string(),
    previousGrade: z.string().nullish(),
    newGrade: z.string().nullish(),
    action: z.string(),
  }),
);
const estimates = z.array(
  z.object({
    date: z.string(),
    epsAvg: z.number().nullish(),
    // The name until 2025.
    estimatedEpsAvg: z.number().nullish(),
  }),
);
const quotes = z.array(z.object({ price: z.number().positive() }));
const earnings = z.array(
  z.object({ date: z.string(), epsActual: z.number().nullable(), epsEstimated: z.number().nullable() }),
);

/**
 * Ratings, and the estimate of the quarter that ends next. FMP keeps no history of estimates, so each day's is kept
 * here, and there are no revisions before the desk has asked for 30 days. It counts no raises and cuts, so analysts is
 * 0, which leaves that component out.
 */
export async function fmpIssuer(symbol: string, context: FetchContext): Promise<Issuer> {
  const rated = await ask(context, { path: 'grades', query: { symbol }, answer: grades });
  const events = rated.flatMap(({ date, gradingCompany: firm, previousGrade, newGrade, action }, i) => {
    const [known, t] = [actionOf(action), dateMs(date, i)];
    return known === undefined ? [] : [{ t, firm, ...gradesOf(previousGrade, newGrade), action: known }];
  });
  const query = { symbol, period: 'quarter', limit: '8' };
  const ahead = await ask(context, { path: 'analyst-estimates', query, answer: estimates });
  const quarters = oldestFirst(
    ahead.map(({ date, ...rest }, i) => ({ t: dateMs(date, i), date: date.slice(0, 10), ...rest })),
    { provider: 'fmp', pathOf },
  ).flatMap(({ t, date, epsAvg, estimatedEpsAvg }) => {
    const eps = epsAvg ?? estimatedEpsAvg;
    return eps === null || eps === undefined ? [] : [{ t, date, eps }];
  });
  const values = Object.fromEntries(quarters.map(({ date, eps }) => [date, eps]));
  const key = `fmp-estimates-${symbol}`;
  const before = context.snapshots.read(key).findLast(({ t }) => t <= context.nowMs - 30 * dayMs);
  await context.snapshots.add(key, { t: context.nowMs, values });
  const next = quarters.find(({ t }) => t >= context.nowMs)?.date;
  const epsThen = next === undefined ? undefined : before?.values[next];
  if (next === undefined || epsThen === undefined) return { events };
  const [quote] = await ask(context, { path: 'quote', query: { symbol }, answer: quotes.min(1) });
  return { events, estimates: { epsNow: values[next], epsThen, up: 0, down: 0, analysts: 0, price: quote.price } };
}

/** A quarter's report: consensus, and what came once it is out. */
export type Report = Readonly<{ t: number; consensus: number; actual?: number }>;

/** Reports with a consensus, oldest first. */
export async function fmpEarnings(symbol: string, context: FetchContext): Promise<Report[]> {
  const rows = await ask(context, { path: 'earnings', query: { symbol }, answer: earnings.min(1) });
  return oldestFirst(
    rows.map(({ date, ...rest }, i) => ({ t: dateMs(date, i), ...rest })),
    { provider: 'fmp', pathOf },
  ).flatMap(({ t, epsActual: actual, epsEstimated: consensus }) =>
    consensus === null ? [] : [{ t, consensus, ...(actual !== null && { actual }) }],
  );
}
