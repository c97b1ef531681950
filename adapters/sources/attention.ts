import { z } from 'zod';
import { asOf, defineHalf } from './fetch-half.ts';
import { googleInterest } from './google-interest.ts';
import { serpapiInterest } from './serpapi.ts';
import { pageViews } from './wikipedia.ts';

const geo = () =>
  z
    .string()
    .regex(/^(?:[A-Z]{2}(?:-[A-Z0-9]{1,3})?)?$/)
    .default('')
    .describe('country, as US; empty: the world');

const query = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.literal('wikipedia').describe('views of a page, no key'),
    article: z.string().min(1).max(255).describe('title of the page, as Bitcoin'),
    project: z
      .string()
      .regex(/^[a-z-]{2,20}\.wikipedia\.org$/)
      .default('en.wikipedia.org'),
    weeks: z.int().min(18).max(520).default(120).describe('ISO weeks, the latest'),
    asOf: asOf(),
  }),
  z.strictObject({
    provider: z.literal('serpapi').describe('Google Trends of five years, with a key'),
    keyword: z.string().min(1).max(100),
    geo: geo(),
  }),
  z.strictObject({
    provider: z
      .literal('googleUnofficial')
      .describe('Google Trends of five years through its pages; off unless config/sources.yaml turns it on'),
    keyword: z.string().min(1).max(100),
    geo: geo(),
  }),
]);

/** Interest in a keyword by week. */
export const attention = defineHalf({
  query,
  example: { provider: 'wikipedia', article: 'Bitcoin', weeks: 120 },
  fetch: async (asked, context) => {
    if (asked.provider === 'wikipedia') {
      const points = await pageViews({ ...asked, untilMs: asked.asOf ?? context.nowMs }, context);
      return { segments: [{ points }], quantised: false };
    }
    const interest = asked.provider === 'serpapi' ? serpapiInterest : googleInterest;
    return { segments: [{ points: await interest(asked, context) }], quantised: true };
  },
});
