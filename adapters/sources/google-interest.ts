import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';
import type { Provider } from '../http/provider.ts';
import type { FetchContext } from './fetch-half.ts';
import { changed, oldestFirst, readJson } from './read-answer.ts';
import { lessThanOne } from './serpapi.ts';
import type { WeekPoint } from './wikipedia.ts';

/** Not published, and limited after a handful of requests: the three of one query, then a minute's pause. */
const google: Provider = {
  name: 'googleUnofficial',
  hosts: ['trends.google.com'],
  limit: { requests: 3, perMs: 180_000, burst: 3 },
  limitedStatuses: [403],
};

const host = 'trends.google.com';
const place = { provider: 'googleUnofficial' };

const explored = z.object({
  widgets: z.array(z.object({ id: z.string(), token: z.string().optional(), request: z.unknown().optional() })),
});
const timeline = z.object({
  default: z.object({
    timelineData: z
      .array(
        z.object({
          time: z.string().regex(/^\d{9,10}$/),
          value: z.array(z.number()).min(1),
          formattedValue: z.array(z.string()).optional(),
          isPartial: z.boolean().optional(),
        }),
      )
      .min(1),
  }),
});

/** Five years of weekly interest, as the page of Google Trends gets it. One draw of Google's sample. */
export async function googleInterest(
  { keyword, geo }: Readonly<{ keyword: string; geo: string }>,
  { get, cookiesOf, settings }: FetchContext,
): Promise<readonly WeekPoint[]> {
  if (!settings.unofficial.google) {
    const expected = 'unofficial: {google: true} in config/sources.yaml, if you may use it; wikipedia needs no leave';
    throw new DeskError('NotAuthorized', 'googleUnofficial is off', { path: 'unofficial.google', expected });
  }
  const cookie = await cookiesOf(google, { host, path: '/trends/', query: { geo: geo || 'US' }, accept: 'text' });
  const headers = cookie === '' ? {} : { cookie };
  const language = { hl: 'en-US', tz: '0' };
  const asked = { comparisonItem: [{ keyword, time: 'today 5-y', geo }], category: 0, property: '' };
  const widgets = await get(google, {
    host,
    path: '/trends/api/explore',
    query: { ...language, req: JSON.stringify(asked) },
    headers,
    accept: 'json',
  });
  const widget = readJson(widgets, explored, { ...place, prefix: ")]}'" }).widgets.find(
    ({ id }) => id === 'TIMESERIES',
  );
  if (widget?.token === undefined)
    throw changed('googleUnofficial', 'no time series', {
      path: 'answer.widgets',
      expected: 'TIMESERIES with a token',
    });
  const lines = await get(google, {
    host,
    path: '/trends/api/widgetdata/multiline',
    query: { ...language, req: JSON.stringify(widget.request), token: widget.token },
    headers,
    accept: 'json',
  });
  const { timelineData: weeks } = readJson(lines, timeline, { ...place, prefix: ")]}'," }).default;
  const points = weeks.map(({ time, value: [value], formattedValue: [text] = [], isPartial }) => ({
    t: Number(time) * 1_000,
    value: text === '<1' ? lessThanOne : value,
    ...(isPartial === true && { partial: isPartial }),
  }));
  return oldestFirst(points, { ...place, pathOf: (i) => `answer.default.timelineData[${i}].time` });
}
