import { clientOrderId } from '../../../../core/orders/order-id.ts';
import { fillEntries, wholeShare } from '../../../../core/orders/ledger.ts';
import { type OrderEvent, stepOrder } from '../../../../core/orders/order-machine.ts';
import type { Fill, OrderIntent, VenueOrder, VenueOrderState } from '../../../../core/orders/types.ts';
import type { Market } from '../../../../core/ports/exchange.ts';
import type { LedgerEntry, OrderRecord, OrderStore } from '../../../../core/ports/order-store.ts';

/** One day of three accounts, told to a store through its port and the order machine, as a desk does. */

/** 2024-03-05 08:00 UTC. */
export const dayMs = 1_709_625_600_000;

const minuteMs = 60_000;

const venues: Readonly<Record<string, string>> = {
  'binance-main': 'binance',
  'usdm-main': 'binanceusdm',
  'kraken-main': 'kraken',
};

function marketOf(symbol: string): Market {
  const [pair = '', settle] = symbol.split(':');
  const [base = '', quote = ''] = pair.split('/');
  const rules = { priceTick: '0.01', amountStep: '0.00001', minAmount: '0.00001', minNotional: '5', active: true };
  return { symbol, base, quote, ...rules, ...(settle !== undefined && { settle }) };
}

const decided = (leg: string, account: string, change: Partial<OrderIntent> = {}): OrderIntent => ({
  clientOrderId: clientOrderId({ namespace: 'default', seed: 'day', leg, intentNumber: 0 }),
  account,
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'market',
  amount: '0.12',
  timeInForce: 'GTC',
  reduceOnly: false,
  book: 'STR-001',
  reason: 'rebalance to 40 % BTC',
  seed: 'day',
  leg,
  intentNumber: 0,
  ...change,
});

let venueOrders = 38_291_000;
let trades = 901_234_500;

const orderAt = (
  { intent, venue, venueOrderId }: OrderRecord,
  state: VenueOrderState,
  executed: string,
): VenueOrder => ({
  venue,
  symbol: intent.symbol,
  venueOrderId: venueOrderId ?? String(venueOrders++),
  clientOrderId: intent.clientOrderId,
  side: intent.side,
  type: intent.type,
  state,
  amount: intent.amount,
  executed,
  reduceOnly: intent.reduceOnly,
  venueMs: dayMs,
});

type Size = Readonly<{ amount: string; price: string; quoteAmount: string; fee: string; feeAsset: string }>;

const fillAt = ({ intent, venue, venueOrderId = '' }: OrderRecord, size: Size, venueMs: number): Fill => ({
  venue,
  symbol: intent.symbol,
  tradeId: String(trades++),
  venueOrderId,
  clientOrderId: intent.clientOrderId,
  side: intent.side,
  liquidity: 'taker',
  venueMs,
  ...(intent.symbol.includes(':') && { realizedPnl: '0' }),
  ...size,
});

/** A desk on a store: what it decides and hears, at the minute that is said. */
function deskOn(store: OrderStore) {
  const put = async (intent: OrderIntent, atMs: number): Promise<OrderRecord> =>
    (await store.putIntent(intent, venues[intent.account] ?? '', `order-execution:${intent.leg}`, atMs)).record;
  const hear = async (record: OrderRecord, event: OrderEvent, atMs: number): Promise<OrderRecord> => {
    const context = { atMs, market: marketOf(record.intent.symbol), knownFills: [], ledgerDecimals: 8 };
    const change = stepOrder(record, event, context);
    if (change === undefined) throw new Error(`${event.type} changes nothing`);
    return (await store.apply(change)).record;
  };
  return {
    put,
    hear,
    async submit(intent: OrderIntent, minute: number): Promise<OrderRecord> {
      const atMs = dayMs + minute * minuteMs;
      const { clientOrderId: id, account } = intent;
      await put(intent, atMs - 300);
      const why = '7,453.25 USDT of 10,000 an order, 21,400 of 50,000 of the symbol';
      await store.recordDecision({
        account,
        clientOrderId: id,
        what: 'reserved',
        why,
        by: `account-guard:${account}`,
        atMs: atMs - 160,
      });
      const result = await store.submitOnce(
        {
          clientOrderId: id,
          submission: { timestampMs: atMs, deadlineMs: atMs + 5_000 },
          grant: { clientOrderId: id, grantedMs: atMs - 140, reservationId: `res-${id.slice(0, 6)}` },
          venueMs: atMs,
          reduces: intent.reduceOnly,
        },
        atMs,
      );
      if (result.kind !== 'won') throw new Error(`${intent.leg}: ${result.kind}`);
      return result.record;
    },
    accept: (record: OrderRecord, atMs: number) =>
      hear(record, { type: 'sighted', order: orderAt(record, 'accepted', '0'), fills: [] }, atMs),
  };
}

export async function tellDay(store: OrderStore): Promise<void> {
  const desk = deskOn(store);
  await trade(desk, 'first buy', 0, { side: 'buy', amount: '0.12', price: '62000', quoteAmount: '7440', fee: '7.44' });
  await trade(desk, 'second buy', 60, {
    side: 'buy',
    amount: '0.08',
    price: '63000',
    quoteAmount: '5040',
    fee: '5.04',
  });
  await trade(desk, 'sale', 120, { side: 'sell', amount: '0.1', price: '64000', quoteAmount: '6400', fee: '6.4' });
  await restingOrders(desk);
  await endedOrders(desk, store);
  await others(store);
  await store.haltSymbol('kraken-main', 'ETH/USD', 'price older than 30 s', dayMs);
}

type Desk = ReturnType<typeof deskOn>;
type Trade = Readonly<{ side: 'buy' | 'sell'; amount: string; price: string; quoteAmount: string; fee: string }>;

async function trade(desk: Desk, leg: string, minute: number, { side, ...size }: Trade): Promise<void> {
  const atMs = dayMs + minute * minuteMs;
  const sent = await desk.submit(decided(leg, 'binance-main', { side, amount: size.amount }), minute);
  const record = await desk.accept(sent, atMs + 120);
  const fill = fillAt(record, { ...size, feeAsset: 'USDT' }, atMs + 130);
  await desk.hear(
    record,
    { type: 'sighted', order: orderAt(record, 'filled', size.amount), fills: [fill] },
    atMs + 400,
  );
}

async function restingOrders(desk: Desk): Promise<void> {
  const limit = { symbol: 'ETH/USDT', type: 'limit', amount: '1.5', price: '3105.25', book: 'STR-014' } as const;
  const sent = await desk.submit(decided('dip', 'binance-main', limit), 180);
  const atMs = dayMs + 180 * minuteMs;
  const dip = await desk.accept(sent, atMs + 120);
  const part = { amount: '0.4821', price: '3105.25', quoteAmount: '1497.041025', fee: '0.0004821', feeAsset: 'ETH' };
  await desk.hear(dip, { type: 'filled', fills: [fillAt(dip, part, atMs + 60_000)] }, atMs + 60_200);
  const short = {
    symbol: 'BTC/USDT:USDT',
    side: 'sell',
    amount: '0.3',
    book: 'STR-022',
    reason: 'funding carry',
  } as const;
  const carry = await desk.accept(
    await desk.submit(decided('carry', 'usdm-main', short), 200),
    dayMs + 200 * minuteMs + 100,
  );
  const size = { amount: '0.3', price: '64702.5', quoteAmount: '19410.75', fee: '7.7643', feeAsset: 'USDT' };
  await desk.hear(
    carry,
    { type: 'filled', fills: [fillAt(carry, size, dayMs + 200 * minuteMs + 50)] },
    dayMs + 200 * minuteMs + 150,
  );
  const stop = { ...short, side: 'buy', type: 'stopMarket', stopPrice: '66200', reduceOnly: true } as const;
  await desk.accept(await desk.submit(decided('stop', 'usdm-main', stop), 201), dayMs + 201 * minuteMs + 100);
}

async function endedOrders(desk: Desk, store: OrderStore): Promise<void> {
  const big = decided('breakout', 'binance-main', { amount: '1.9', book: 'STR-014', reason: 'breakout above 64,500' });
  await desk.put(big, dayMs + 210 * minuteMs);
  await store.deny(big.clientOrderId, 'max_order_notional: 122,550.02 USDT of 10,000', dayMs + 210 * minuteMs + 90);
  const poor = { symbol: 'ETH/USDT', side: 'sell', type: 'limit', amount: '40', price: '3400' } as const;
  const refused = await desk.submit(decided('poor', 'binance-main', poor), 220);
  const reason = '-2010 Account has insufficient balance for requested action.';
  await desk.hear(refused, { type: 'rejected', reason }, dayMs + 220 * minuteMs + 90);
  const lost = await desk.submit(
    decided('lost', 'kraken-main', { symbol: 'BTC/USD', type: 'limit', amount: '0.05', price: '64100.1' }),
    230,
  );
  const how = 'socket hang up after the request was sent';
  await desk.hear(lost, { type: 'answerLost', reason: how }, dayMs + 230 * minuteMs + 2_000);
}

/** A sale by hand on the venue's page, and what the accounts held before. */
async function others(store: OrderStore): Promise<void> {
  const fill: Fill = {
    venue: 'binance',
    symbol: 'BTC/USDT',
    tradeId: '901239999',
    venueOrderId: '38299999',
    side: 'sell',
    amount: '0.01',
    price: '64200',
    quoteAmount: '642',
    fee: '0.001',
    feeAsset: 'BNB',
    liquidity: 'taker',
    venueMs: dayMs + 150 * minuteMs,
  };
  const order: VenueOrder = {
    venue: 'binance',
    symbol: 'BTC/USDT',
    venueOrderId: '38299999',
    clientOrderId: '=web("x")',
    side: 'sell',
    type: 'market',
    state: 'filled',
    amount: '0.01',
    executed: '0.01',
    reduceOnly: false,
    venueMs: fill.venueMs,
  };
  const entries = fillEntries(fill, marketOf(fill.symbol), 'binance-main', [wholeShare(fill, 'unassigned')]);
  await store.adopt([order], [fill], entries, 'binance-main', fill.venueMs + 4_000);
  await store.postEntries(
    [
      ['binance-main', 'USDT', '50000'],
      ['binance-main', 'ETH', '2'],
      ['usdm-main', 'USDT', '20000'],
      ['kraken-main', 'USD', '15000'],
    ].flatMap(([account = '', asset = '', amount = '']) => deposit(account, asset, amount)),
  );
}

function deposit(account: string, asset: string, amount: string): LedgerEntry[] {
  const line = {
    transactionId: `first look ${account} ${asset}`,
    account,
    asset,
    book: 'unassigned',
    symbol: '',
    source: 'first look',
    venueMs: dayMs,
  };
  return [
    { ...line, ledgerAccount: 'assets', amount },
    { ...line, ledgerAccount: 'external', amount: `-${amount}` },
  ];
}
