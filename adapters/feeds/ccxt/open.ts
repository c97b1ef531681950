import { DeskError } from '../../../core/errors.ts';
import { nearestName } from '../../../core/nearest.ts';
import { askVenue } from '../../../core/order-desk/venue-failures.ts';
import type { FeedStream, MarketFeed } from '../../../core/ports/market-feed.ts';
import { createClient, type CcxtClient } from '../../exchange/ccxt/client.ts';
import { createSession } from '../../exchange/ccxt/session.ts';
import { otherErrors } from '../../exchange/errors/other.ts';
import { otherRates } from '../../exchange/rate-budget/other.ts';
import { budgetFile, createRateBudget } from '../../exchange/rate-budget/rate-budget.ts';
import { addressOf } from '../../exchange/rate-budget/rules.ts';
import { createCcxtFeed } from './feed.ts';

const timeoutMs = 10_000;

const methods = {
  ticker: 'watchTicker',
  trades: 'watchTrades',
  book: 'watchOrderBook',
  candles: 'watchOHLCV',
} as const;

type Channel = keyof typeof methods;

const channels = Object.keys(methods) as readonly Channel[];

export type OpenCcxtFeedOptions = Readonly<{ baseUrl?: string; stateFolder: string }>;

/**
 * The public feed of a venue of ccxt.pro. Its REST (markets, snapshots, what a reconnect missed) goes through our own
 * HTTP and counts in the budget that the desk's processes share.
 */
export async function openCcxtFeed(
  venue: string,
  { baseUrl, stateFolder }: OpenCcxtFeedOptions,
): Promise<Readonly<{ feed: MarketFeed; close(): Promise<void> }>> {
  const client = await createClient({
    venue,
    mode: 'live', // no key, no order: what everybody may hear
    ...(baseUrl !== undefined && { baseUrl }),
    options: { fetchCurrencies: false, fetchMargins: false },
    textNumbers: false,
    sockets: true,
    timeoutMs,
  });
  const budget = createRateBudget({ file: budgetFile(stateFolder) });
  const close = async () => {
    await client.ccxt.close();
    await client.close();
    budget.close();
  };
  const rules = otherRates(Number(client.ccxt.rateLimit));
  const rates = { budget, rules, address: addressOf(venue, baseUrl), key: `${venue} no key` };
  const session = createSession({ client, errors: otherErrors, rates, timeoutMs, venueMs: () => undefined });
  try {
    await client.ccxt.loadHttpProxyAgent(); // ccxt wants it on ws:// addresses
    await askVenue(session.unified('read', () => client.ccxt.loadMarkets()));
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const feed = createCcxtFeed(client.ccxt);
  const stream: MarketFeed['stream'] = (streams, options) => {
    for (const each of streams) checkStream(client, each);
    return feed.stream(streams, options);
  };
  return { feed: { ...feed, stream }, close };
}

/** What ccxt would refuse at every try is refused once. */
function checkStream({ ccxt }: CcxtClient, stream: FeedStream): void {
  const { channel } = stream;
  if (channel === 'own') return; // the feed says why not
  const has = (each: Channel) => ccxt.has[methods[each]] === true;
  if (!has(channel)) throw refused(`${ccxt.id} has no such channel`, 'channels', [channel, channels.filter(has)]);
  if (!Object.hasOwn(ccxt.markets ?? {}, stream.symbol)) {
    throw refused(`no symbol of ${ccxt.id}`, 'symbol', [stream.symbol, ccxt.symbols]);
  }
  if (stream.channel !== 'candles') return;
  const timeframes = Object.keys(ccxt.timeframes ?? {});
  if (!timeframes.includes(stream.timeframe)) {
    throw refused(`no timeframe of ${ccxt.id}`, 'timeframe', [stream.timeframe, timeframes]);
  }
}

/** Names that are shown of those that would have done. */
const shownNames = 20;

function refused(message: string, path: string, [found, known]: readonly [string, readonly string[]]): DeskError {
  const nearest = nearestName(found, known);
  const shown = known.slice(0, shownNames).join(' ');
  const expected = known.length > shownNames ? `${shown} … (${known.length} in all)` : shown;
  return new DeskError('BadInput', message, { path, expected, found, ...(nearest !== undefined && { nearest }) });
}
