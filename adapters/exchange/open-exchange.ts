import { DeskError } from '../../core/errors.ts';
import type { Exchange, VenueTraits } from '../../core/ports/exchange.ts';
import type { AccountKeys } from './account-keys.ts';
import { createClient } from './ccxt/client.ts';
import { createSession, type Session } from './ccxt/session.ts';
import { createRateBudget, budgetFile } from './rate-budget/rate-budget.ts';
import { addressOf, keyOf } from './rate-budget/rules.ts';
import type { KrakenTier } from './rate-budget/kraken.ts';
import { createVenueClock } from './venue-clock.ts';
import { venueNamed } from './venues.ts';

/** What an account's settings (config/api-keys.yaml) say about where it trades. */
export type VenueAccount = Readonly<{
  name: string;
  /** As ccxt names it: `binance` (spot), `binanceusdm`, `kraken`. */
  venue: string;
  /** Paper cannot reach the venue's live hosts; default. */
  mode?: 'paper' | 'live';
  /** Root of the simulated exchange or test net, as `http://127.0.0.1:7711/bspot`; left out (live only): the venue itself. */
  baseUrl?: string;
  /** Default: starter, the slowest. */
  krakenTier?: KrakenTier;
  /** An operator's yes to a venue where an order that was held up can arrive late. */
  acceptNoDeadline?: boolean;
}>;

export type OpenOptions = Readonly<{
  /** Where the processes of a desk keep the rate budget that they share; without it each counts for itself. */
  stateFolder?: string;
  /** From the first moment of a request to the last byte of its answer; default 10 s. */
  timeoutMs?: number;
  /** What is known better of this venue, as a read lag that was measured. */
  traits?: Partial<VenueTraits>;
}>;

/** The account at its venue. Loads ccxt and nothing else: the first request goes out with the first call. */
export async function openExchange(
  account: VenueAccount,
  keys: AccountKeys,
  { stateFolder, timeoutMs = 10_000, traits = {} }: OpenOptions = {},
): Promise<Exchange> {
  const venue = venueNamed(account.venue);
  const { baseUrl, mode = 'paper', krakenTier = 'starter' } = account;
  const client = await createClient({
    venue: account.venue,
    mode,
    keys,
    ...(baseUrl !== undefined && { baseUrl }),
    options: venue.ccxtOptions,
    textNumbers: venue.textNumbers,
    timeoutMs,
  });
  const budget = createRateBudget(stateFolder === undefined ? {} : { file: budgetFile(stateFolder) });
  const key = keyOf(account.venue, keys);
  const session: Session = createSession({
    client,
    errors: venue.errors,
    rates: {
      budget,
      rules: venue.rates(client.ccxt, krakenTier),
      address: addressOf(account.venue, baseUrl),
      key,
    },
    timeoutMs,
    venueMs: () => clock.estimateMs(),
    ...(venue.inTurn && { inTurn: venue.inTurn(client.ccxt, (least) => budget.takeTurn(key, least)) }),
  });
  const clock = createVenueClock(venue.clock(session));
  const exchange = venue.exchange({ session, clock, standIn: baseUrl !== undefined, traits });
  const known = { ...exchange.traits, ...venue.tierTraits?.(krakenTier), ...traits };
  if (!known.hasDeadline && account.acceptNoDeadline !== true) {
    await client.close();
    throw new DeskError('BadInput', `an order that was held up can reach ${account.venue} late: it has no deadline`, {
      path: 'accept_no_deadline',
      expected: 'true, if that is accepted',
      found: 'false',
    });
  }
  return {
    ...exchange,
    traits: known,
    close: async () => {
      await client.close();
      budget.close();
    },
  };
}
