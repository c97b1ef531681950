import type { OrderIntent, Submission } from '../../../core/orders/types.ts';
import type { Exchange, VenueTraits } from '../../../core/ports/exchange.ts';

/** How a venue is to behave in one test. */
export type StandOptions = Readonly<{
  /** Its clock is ahead of the host's by so much. */
  skewMs?: number;
  /** Accepted orders show up in queries so much later. */
  readLagMs?: number;
  /** Filled orders are no longer found by our id. */
  forgetsFilledIds?: boolean;
  /** Each order that takes is filled in so many trades. */
  fillChunks?: number;
  /** The key can withdraw; or trade; default no and yes. */
  withdraw?: boolean;
  trade?: boolean;
  /** The venue refuses who asks too much; default off. */
  rateLimits?: boolean;
  /** Of one request of the adapter; default 2 s. */
  timeoutMs?: number;
  /** Market time between two moves of its prices. */
  stepMs?: number;
  traits?: Partial<VenueTraits>;
}>;

/** Faults of the wire and the venue; the order stands after those that begin with accept. */
export type FaultKind =
  | 'accept-then-hang'
  | 'accept-then-reset'
  | 'accept-then-5xx'
  | 'accept-then-1007'
  | 'bad-json'
  | 'reset-before'
  | 'hang-before'
  | 'http';

export type Fault = Readonly<{
  kind: FaultKind;
  /** Which requests it strikes; default: new orders. */
  on?: 'orders' | 'cancels' | 'queries';
  count?: number;
  /** Of `http`. */
  status?: number;
  retryAfter?: number;
}>;

/** An order as the venue's own books have it, whatever anybody was told. */
export type TrueOrder = Readonly<{ clientOrderId: string; status: string; filled: string }>;

/** A venue that a test holds in its hands, with one funded account (base and quote), and the adapter on it. */
export type VenueStand = Readonly<{
  exchange: Exchange;
  /** A market of a bitcoin: its price is near 65,000, tradable from 0.01. */
  symbol: string;
  base: string;
  quote: string;
  /** The adapter with a key that the venue does not know; `close` is the test's matter. */
  stranger(): Promise<Exchange>;
  /** Somebody else trades at the market's best price. */
  trade(side: 'buy' | 'sell', amount: string): Promise<void>;
  setPrice(price: number): Promise<void>;
  /** So much time passes at the venue at once. */
  pass(ms: number): Promise<void>;
  fault(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
  /** Every order that its engine accepted under the id. */
  accepted(clientOrderId: string): Promise<readonly TrueOrder[]>;
  /** Requests that reached it so far. */
  requests(): Promise<number>;
  /** Nobody answers there any more. */
  shutDown(): Promise<void>;
  close(): Promise<void>;
}>;

export type StandFactory = (options: StandOptions) => Promise<VenueStand>;

/** Runs a test on a stand of its own. */
export type WithStand = (test: (stand: VenueStand) => Promise<void>, options?: StandOptions) => () => Promise<void>;

export const withStandOf =
  (open: StandFactory): WithStand =>
  (test, options = {}) =>
  async () => {
    const stand = await open(options);
    try {
      await test(stand);
    } finally {
      await stand.close();
    }
  };

let intents = 0;

/** A client order id as core/orders/order-id.ts makes them, new with each call. */
export function newId(): string {
  intents += 1;
  return intents.toString(16).padStart(32, '0');
}

/** A market order to buy 0.01, changed as a test wants it. */
export const intentOf = ({ symbol }: Pick<VenueStand, 'symbol'>, change: Partial<OrderIntent> = {}): OrderIntent => ({
  clientOrderId: newId(),
  account: 'test',
  symbol,
  side: 'buy',
  type: 'market',
  amount: '0.01',
  timeInForce: 'GTC',
  reduceOnly: false,
  book: 'STR-001',
  reason: 'contract',
  seed: 'contract',
  leg: 'one',
  intentNumber: 1,
  ...change,
});

/** Signed now, good for the venue's receive window. */
export async function submissionOf({ exchange }: Pick<VenueStand, 'exchange'>): Promise<Submission> {
  const timestampMs = await exchange.venueTimeMs();
  return { timestampMs, deadlineMs: timestampMs + exchange.traits.receiveWindowMs };
}

/** Creates an order that has to be accepted. */
export async function accept(stand: Pick<VenueStand, 'exchange' | 'symbol'>, change: Partial<OrderIntent> = {}) {
  const intent = intentOf(stand, change);
  const submission = await submissionOf(stand);
  const outcome = await stand.exchange.createOrder(intent, submission);
  if (outcome.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome.failure)}`);
  return { ...outcome, intent, submission, query: queryOf(intent, submission.timestampMs) };
}

/** Where the order machine looks: since 5 s before the signed timestamp. */
export const queryOf = ({ symbol, clientOrderId }: OrderIntent, timestampMs: number) => ({
  symbol,
  clientOrderId,
  sinceMs: timestampMs - 5_000,
});

/** A price far below the market, at which an order rests. */
export const low = { type: 'limit', price: '50000' } as const;
