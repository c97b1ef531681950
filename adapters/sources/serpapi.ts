import { z } from 'zod';
import type { Provider } from '../http/provider.ts';
import type { FetchContext } from './fetch-half.ts';
import { oldestFirst, readJson } from './read-answer.ts';
import type { WeekPoint } from './wikipedia.ts';

/** A licensed wrapper of Google Trends; the plan sets a quota by month. */
const serpapi: Provider = { name: 'serpapi', hosts: ['serpapi.com'], limit: { requests: 1, perMs: 1_000 } };

const answer = z.object({
  interest_over_time: z.object({
    timeline_data: z
      .array(
        z.object({
          timestamp: z.string().regex(/^\d{9,10}$/),
          values: z.array(z.object({ value: z.string().optional(), extracted_value: z.number() })).min(1),
          partial_data: z.boolean().optional(),
        }),
      )
      .min(1),
  }),
});

const pathOf = (i: number) => `answer.interest_over_time.timeline_data[${i}].timestamp`;

/** Google writes <1 for what is not 0 and rounds to it. */
export const lessThanOne = 0.5;

/** Five years of weekly interest. */
export async function serpapiInterest(
  { keyword, geo }: Readonly<{ keyword: string; geo: string }>,
  { get, keyOf }: FetchContext,
): Promise<readonly WeekPoint[]> {
  const text = await get(serpapi, {
    host: 'serpapi.com',
    path: '/search.json',
    query: {
      engine: 'google_trends',
      data_type: 'TIMESERIES',
      q: keyword,
      date: 'today 5-y',
      tz: '0',
      ...(geo !== '' && { geo }),
    },
    secret: { value: keyOf('serpapi'), place: { query: 'api_key' } },
    accept: 'json',
  });
  const { timeline_data: weeks } = readJson(text, answer, { provider: 'serpapi' }).interest_over_time;
  const points = weeks.map(({ timestamp, values: [{ value, extracted_value: number }], partial_data: partial }) => ({
    t: Number(timestamp) * 1_000,
    value: value === '<1' ? lessThanOne : number,
    ...(partial === true && { partial }),
  }));
  return oldestFirst(points, { provider: 'serpapi', pathOf });
}
