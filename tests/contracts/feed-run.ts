import type { SimulatedExchange } from '../../adapters/exchange/simulated/start.ts';
import type { Timers } from '../../adapters/feeds/timers.ts';
import type {
  Candle,
  FeedEvent,
  FeedNotice,
  FeedStream,
  MarketFeed,
  OrderBook,
  OwnBalance,
  PublicTrade,
  Ticker,
} from '../../core/ports/market-feed.ts';
import { terminalStates, type Fill, type VenueOrder } from '../../core/orders/types.ts';
import { createVirtualTimers, type VirtualTimers } from '../adapters/feeds/virtual-timers.ts';
import { control } from '../adapters/exchange/simulated/raw-client.ts';

/** What a reader of a feed has by now. */
export type Heard = {
  events: number;
  ticker: Ticker | undefined;
  book: OrderBook | undefined;
  readonly trades: PublicTrade[];
  readonly closed: Candle[];
  running: Candle | undefined;
  readonly notices: FeedNotice[];
  readonly orders: Map<string, VenueOrder>;
  readonly fills: Map<string, Fill>;
  readonly balances: Map<string, OwnBalance>;
  failed: unknown;
  ended: boolean;
};

export type FeedRun = Readonly<{
  heard: Heard;
  clock: VirtualTimers;
  exchange: SimulatedExchange;
  /** Moves the venue's clock and the feed's by the same, and lets what was sent arrive. */
  step(ms: number): Promise<void>;
  /** Steps until `done`; gives up, saying what was heard, after ten minutes of the feed's time. */
  until(done: () => boolean, what: string): Promise<void>;
  stop(): Promise<void>;
}>;

export type FeedOf = (timers: Timers) => MarketFeed;

/** On a manual clock everything moves by the same; a venue on the real clock must not be outrun too far. */
const pace = { manual: { stepMs: 500, steps: 1_200 }, real: { stepMs: 20, steps: 30_000 } };

/** Opens a feed on a simulated exchange with a manual clock, and reads it. */
export function runFeed(exchange: SimulatedExchange, feedOf: FeedOf, streams: readonly FeedStream[]): FeedRun {
  const clock = createVirtualTimers(exchange.simulation.world.clock.nowMs);
  const heard: Heard = {
    events: 0,
    ticker: undefined,
    book: undefined,
    trades: [],
    closed: [],
    running: undefined,
    notices: [],
    orders: new Map(),
    fills: new Map(),
    balances: new Map(),
    failed: undefined,
    ended: false,
  };
  const stopper = new AbortController();
  const reading = read(feedOf(clock.timers).stream(streams, { signal: stopper.signal }), heard);
  const step = async (ms: number) => {
    await control(exchange, '/advance', { ms }); // only a manual clock: a real one moves by itself
    clock.advance(ms);
    // A round trip on the same machine: what was sent before it has arrived by its end.
    await control(exchange, '/faults');
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    heard,
    clock,
    exchange,
    step,
    until: async (done, what) => {
      const { stepMs, steps } = exchange.simulation.clocks.mode === 'manual' ? pace.manual : pace.real;
      for (let count = 0; !done(); count++) {
        if (heard.failed !== undefined) throw heard.failed;
        if (count > steps) throw new Error(`no ${what} within ${(steps * stepMs) / 1000} s: ${describe(heard)}`);
        await step(stepMs);
      }
    },
    stop: async () => {
      stopper.abort();
      await reading;
    },
  };
}

async function read(events: AsyncIterable<FeedEvent>, heard: Heard): Promise<void> {
  try {
    for await (const event of events) take(event, heard);
    heard.ended = true;
  } catch (error) {
    heard.failed = error;
  }
}

function take(event: FeedEvent, heard: Heard): void {
  heard.events += 1;
  switch (event.type) {
    case 'ticker':
      heard.ticker = event.ticker;
      return;
    case 'book':
      heard.book = event.book;
      return;
    case 'trade':
      heard.trades.push(event.trade);
      return;
    case 'candle':
      if (event.candle.closed) heard.closed.push(event.candle);
      else heard.running = event.candle;
      return;
    case 'order':
      heard.orders.set(event.order.venueOrderId, later(heard.orders.get(event.order.venueOrderId), event.order));
      return;
    case 'fill':
      heard.fills.set(event.fill.tradeId, event.fill);
      return;
    case 'balance':
      heard.balances.set(event.balance.asset, event.balance);
      return;
    case 'notice':
      heard.notices.push(event.notice);
  }
}

/** As every reader has to: an end stays an end, and what was executed does not become less. */
function later(before: VenueOrder | undefined, now: VenueOrder): VenueOrder {
  if (before === undefined) return now;
  if (terminalStates.includes(before.state)) return before;
  return Number(now.executed) < Number(before.executed) ? before : now;
}

const describe = ({ events, notices, book, trades, closed }: Heard): string =>
  JSON.stringify({
    events,
    notices: notices.slice(-10),
    bid: book?.bids[0],
    ask: book?.asks[0],
    trades: trades.length,
    closed: closed.length,
  });
