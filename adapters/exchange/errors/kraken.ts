import { z } from 'zod';
import { always, unknownIfSent, type ErrorTable, type Meaning } from './failure.ts';

const rejected = always('rejected');
const lookUp = unknownIfSent('rejected');

/** By the beginning of Kraken's text; the first that fits decides. After docs.kraken.com "API errors". */
const meanings: readonly (readonly [start: string, meaning: Meaning])[] = [
  ['EOrder:Unknown order', always('unknownOrder')],
  ['EOrder:Rate limit exceeded', always('rateLimited', 5_000)],
  ['EOrder:Domain rate limit exceeded', always('rateLimited', 5_000)],
  // A copy of a request that was accepted gets these too: whoever sent looks.
  ['EOrder:Duplicate', lookUp],
  ['EOrder:cl_ord_id', lookUp],
  ['EService:Deadline elapsed', lookUp],
  // Ours is 5 s ahead: one that is near was late on its way, as one that has elapsed.
  ['EGeneral:Invalid arguments:deadline', lookUp],
  ['EAPI:Invalid nonce', lookUp],
  ['EOrder:', rejected],
  ['ETrade:', rejected],
  ['EFunding:', rejected],
  ['EQuery:', rejected],
  ['EGeneral:Invalid arguments', rejected],
  ['EGeneral:Unknown method', rejected],
  ['EGeneral:Permission denied', always('badCredentials')],
  ['EGeneral:Temporary lockout', always('rateLimited', 15 * 60_000)],
  ['EGeneral:Too many requests', always('rateLimited', 60_000)],
  ['EAPI:Invalid key', always('badCredentials')],
  ['EAPI:Invalid signature', always('badCredentials')],
  ['EAPI:Feature disabled', always('badCredentials')],
  ['EAPI:Rate limit exceeded', always('rateLimited', 15_000)],
  ['EAPI:Bad request', rejected],
  ['EAuth:Too many requests', always('rateLimited', 60_000)],
  ['EAuth:', always('badCredentials')],
  ['EService:Market in', always('maintenance')],
  // Orders were placed although these came back.
  ['EService:Unavailable', unknownIfSent('maintenance')],
  ['EService:Busy', unknownIfSent('maintenance')],
];

const answerShape = z.object({ error: z.array(z.string()).min(1) });

export const krakenErrors: ErrorTable = {
  complaint: (answer) => {
    const read = answerShape.safeParse(answer);
    // Entries that begin with W are warnings.
    const text = read.success ? read.data.error.find((entry) => entry.startsWith('E')) : undefined;
    return text === undefined ? undefined : { code: text, text };
  },
  meaning: ({ text }) => {
    // `EService: Throttled: 1795672810`: the second from which on requests are taken again.
    const throttled = /^EService: ?Throttled(?:: ?(\d{1,12}))?/.exec(text);
    if (throttled !== null) {
      const until = throttled[1] === undefined ? {} : { untilVenueMs: Number(throttled[1]) * 1000 };
      return { ...always('rateLimited', 5_000), ...until };
    }
    return meanings.find(([start]) => text.startsWith(start))?.[1];
  },
  statusMeaning: (status) => (status === 429 ? always('rateLimited', 60_000) : undefined),
};
