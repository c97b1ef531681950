import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';
import type { Provider } from '../http/provider.ts';
import { dayMs, type FetchContext } from './fetch-half.ts';
import { changed, oldestFirst, readJson, utcDay } from './read-answer.ts';

/** Free and official; asks for a User-Agent with a contact, and for no more than 100 requests a second. */
const wikimedia: Provider = {
  name: 'wikipedia',
  hosts: ['wikimedia.org'],
  limit: { requests: 5, perMs: 1_000, burst: 2 },
  limitedStatuses: [403],
};

const views = z.object({
  items: z.array(z.object({ timestamp: z.string(), views: z.int().nonnegative() })).min(1),
});

const pathOf = (i: number) => `answer.items[${i}].timestamp`;

/** A week of interest, at its start; partial where days of it are missing. */
export type WeekPoint = { t: number; value: number; partial?: true };

const weekMs = 7 * dayMs;
/** A Monday. */
const firstMondayMs = 4 * dayMs;
const weekOf = (t: number) => t - ((t - firstMondayMs) % weekMs);

const stamp = (t: number) => new Date(t).toISOString().slice(0, 10).replaceAll('-', '');

type Asked = Readonly<{ article: string; project: string; weeks: number; untilMs: number }>;

/** Views of a page by people, added up to ISO weeks (Monday 00:00 UTC), the last ones that began before `untilMs`. */
export async function pageViews({ article, project, weeks, untilMs }: Asked, { get, settings }: FetchContext) {
  if (settings.contact === undefined) {
    const expected = 'contact: you@example.org in config/sources.yaml, as Wikimedia wants to know who asks';
    throw new DeskError('NotAuthorized', 'wikipedia needs an address to reach you at', { path: 'contact', expected });
  }
  const range = `${stamp(weekOf(untilMs) - (weeks - 1) * weekMs)}/${stamp(untilMs - dayMs)}`;
  const title = encodeURIComponent(article.trim().replaceAll(' ', '_'));
  const text = await get(wikimedia, {
    host: 'wikimedia.org',
    path: `/api/rest_v1/metrics/pageviews/per-article/${project}/all-access/user/${title}/daily/${range}`,
    accept: 'json',
  });
  const byWeek = new Map<number, { views: number; days: number }>();
  const provider = 'wikipedia';
  const days = readJson(text, views, { provider }).items.map((item, i) => {
    const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)\d\d$/.exec(item.timestamp) ?? [];
    const t = utcDay(Number(year), Number(month), Number(day));
    if (Number.isNaN(t))
      throw changed(provider, 'no date', { path: pathOf(i), expected: 'YYYYMMDDHH', found: item.timestamp });
    return { t, views: item.views };
  });
  for (const { t, views: seen } of oldestFirst(days, { provider, pathOf })) {
    const week = byWeek.get(weekOf(t)) ?? { views: 0, days: 0 };
    byWeek.set(weekOf(t), { views: week.views + seen, days: week.days + 1 });
  }
  return [...byWeek]
    .toSorted(([a], [b]) => a - b)
    .map(([t, week]): WeekPoint => ({ t, value: week.views, ...(week.days < 7 && { partial: true }) }));
}
