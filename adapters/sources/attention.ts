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
  z
    .strictObject({
      provider: z.literal('wikipedia'),
      article: z.string().min(1).max(255).describe('title of the page, as Bitcoin'),
      project: z
        .string()
        .regex(/^[a-z-]{2,20}\.wikipedia\.org$/)
        .default('en.wikipedia.org'),
      weeks: z.int().min(18).max(520).default(120).describe('ISO weeks, the latest'),
      asOf: asOf(),
    })
    .describe('views of a page, no key'),
  z
    .strictObject({ provider: z.literal('serpapi'), keyword: z.string().min(1).max(100), geo: geo() })
    .describe('Google Trends of five years, with a key'),
  z
    .strictObject({ provider: z.literal('googleUnofficial'), keyword: z.string().min(1).max(100), geo: geo() })
    .describe('Google Trends of five years through its pages; off unless config/sources.yaml turns it on'),
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
