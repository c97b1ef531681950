import { z } from 'zod';
import { asOf, defineHalf } from './fetch-half.ts';
import { fmpIssuer } from './fmp.ts';
import { yahooIssuer } from './yahoo.ts';

const query = z.strictObject({
  provider: z
    .enum(['fmp', 'yahoo'])
    .default('fmp')
    .describe('fmp: with a key; yahoo: off unless config/sources.yaml turns it on'),
  issuers: z
    .array(
      z.strictObject({
        symbol: z.string().regex(/^[A-Z0-9.^=-]{1,15}$/, 'a ticker, as AAPL'),
        weight: z.number().optional().describe('exposure of the answer to this issuer, 1 by default'),
      }),
    )
    .min(1)
    .max(50),
  asOf: asOf(),
});

/** Rating changes and estimate revisions of issuers. What came after `asOf` is left out. */
export const analysts = defineHalf({
  query,
  example: {
    provider: 'fmp',
    issuers: [
      { symbol: 'COIN', weight: 0.6 },
      { symbol: 'MSTR', weight: 0.4 },
    ],
  },
  fetch: async ({ provider, issuers, asOf: asked }, context) => {
    const until = asked ?? context.nowMs;
    const ofIssuer = provider === 'fmp' ? fmpIssuer : yahooIssuer;
    const found = [];
    for (const { symbol, weight } of issuers) {
      const { events, ...rest } = await ofIssuer(symbol, context);
      found.push({
        symbol,
        ...(weight !== undefined && { weight }),
        events: events.filter(({ t }) => t <= until),
        ...rest,
      });
    }
    return { asOf: until, issuers: found };
  },
});
