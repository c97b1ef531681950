import { describe, expect, test } from 'vitest';
import { intentOf } from '../../contracts/exchange/stand.ts';
import { krakenAnswer, openRecorded, recordedMarkets, spotAnswer, usdmAnswer, type Answers } from './recorded-venue.ts';

/** Signed when all recorded answers were long past. */
const submission = { timestampMs: 1_700_000_000_000, deadlineMs: 1_700_000_005_000 };

const marketOf = async (exchange: Awaited<ReturnType<typeof openRecorded>>, symbol: string) =>
  (await exchange.markets()).find((market) => market.symbol === symbol);

describe('Binance spot: what was recorded of its REST', () => {
  const open = (answers: Answers = {}) =>
    openRecorded('binance', {
      'GET /api/v3/exchangeInfo': recordedMarkets('BINANCE'),
      'GET /api/v3/time': { serverTime: 1_700_000_000_000 },
      ...answers,
    });
  const resting = {
    venue: 'binance',
    symbol: 'LTC/BTC',
    venueOrderId: '1',
    clientOrderId: 'myOrder1',
    side: 'buy',
    type: 'limit',
    state: 'accepted',
    amount: '1',
    executed: '0',
    price: '0.1',
    reduceOnly: false,
    venueMs: 1_499_827_319_559,
  };

  test('trading rules of 2021', async () => {
    expect(await marketOf(await open(), 'BTC/USDT')).toMatchObject({
      symbol: 'BTC/USDT',
      base: 'BTC',
      quote: 'USDT',
      priceTick: '0.01',
      amountStep: '0.00001',
      minAmount: '0.00001',
      maxAmount: '9000',
      minNotional: '10',
      active: true,
    });
  });

  test('balances', async () => {
    const exchange = await open({ 'GET /api/v3/account': spotAnswer('account_response') });
    expect(await exchange.balances()).toEqual([
      { asset: 'BTC', free: '4723846.89208129', locked: '0' },
      { asset: 'LTC', free: '4763368.68006011', locked: '0' },
    ]);
  });

  test.each([
    ['open orders', 'GET /api/v3/openOrders', 'open_orders_response'],
    ['all orders', 'GET /api/v3/allOrders', 'all_orders_response'],
    ['one order', 'GET /api/v3/order', 'order_response'],
  ] as const)('%s', async (_, path, name) => {
    const exchange = await open({ [path]: spotAnswer(name) });
    const query = { symbol: 'LTC/BTC', clientOrderId: 'myOrder1', sinceMs: 0 };
    const read = {
      'open orders': () => exchange.openOrders('LTC/BTC'),
      'all orders': () => exchange.ordersSince('LTC/BTC', 0),
      'one order': async () => [(await exchange.findOrder(query)).order],
    };
    expect(await read[_]()).toEqual([resting]);
  });

  test('a trade of the account', async () => {
    const exchange = await open({ 'GET /api/v3/myTrades': spotAnswer('account_trades_response') });
    const { fills } = await exchange.fillsSince('BNB/BTC', 1_499_865_549_000);
    expect(fills).toEqual([
      {
        venue: 'binance',
        symbol: 'BNB/BTC',
        tradeId: '28457',
        venueOrderId: '100234',
        side: 'buy',
        amount: '12',
        price: '4.000001',
        quoteAmount: '48.000012',
        fee: '10.1',
        feeAsset: 'BNB',
        liquidity: 'taker',
        venueMs: 1_499_865_549_590,
      },
    ]);
  });

  test('a market order that five trades filled', async () => {
    const exchange = await open({ 'POST /api/v3/order': spotAnswer('new_order_full_response') });
    const change = { clientOrderId: '6gCrw2kRUAF9CvJDGP16IP', side: 'sell', amount: '10' } as const;
    expect(await exchange.createOrder(intentOf({ symbol: 'BTC/USDT' }, change), submission)).toEqual({
      kind: 'accepted',
      order: {
        venue: 'binance',
        symbol: 'BTC/USDT',
        venueOrderId: '28',
        ...change,
        type: 'market',
        state: 'filled',
        executed: '10',
        reduceOnly: false,
        venueMs: 1_507_725_176_595,
      },
      fills: [], // the answer tells no quote amounts: they are asked for
    });
  });

  test('a cancel, under the order’s own id', async () => {
    const exchange = await open({ 'DELETE /api/v3/order': spotAnswer('cancel_order_response') });
    const order = { ...resting, venueOrderId: '4', state: 'canceled', price: '2', venueMs: 1_684_804_350_068 };
    expect(await exchange.cancelOrder({ symbol: 'LTC/BTC', clientOrderId: 'myOrder1' })).toEqual({
      kind: 'canceled',
      order,
    });
  });

  test('a cancel of all, order lists among them', async () => {
    const exchange = await open({ 'DELETE /api/v3/openOrders': spotAnswer('cancel_open_orders_response') });
    expect(await exchange.cancelAll('BTC/USDT')).toEqual({ kind: 'canceled' });
  });

  test('the middle of the best prices', async () => {
    const exchange = await open({
      'GET /api/v3/ticker/bookTicker': spotAnswer('book_ticker_response'),
      'GET /api/v3/aggTrades': [],
    });
    expect((await exchange.referencePrice('LTC/BTC')).price).toBe('4.000001');
  });
});

describe('Binance USD-M: what was recorded of its REST', () => {
  const open = (answers: Answers = {}) =>
    openRecorded('binanceusdm', {
      'GET /fapi/v1/exchangeInfo': recordedMarkets('BINANCE_FUTURES'),
      'GET /fapi/v1/time': { serverTime: 1_700_000_000_000 },
      ...answers,
    });
  const symbol = 'BTC/USDT:USDT';
  const order = {
    venue: 'binanceusdm',
    symbol,
    venueOrderId: '12345678',
    clientOrderId: 'testOrder123',
    side: 'buy',
    type: 'limit',
    state: 'accepted',
    amount: '0.001',
    executed: '0',
    price: '50000',
    reduceOnly: false,
    venueMs: 1_625_474_304_765,
  };

  test('trading rules of 2021', async () => {
    expect(await marketOf(await open(), symbol)).toMatchObject({
      settle: 'USDT',
      priceTick: '0.01',
      amountStep: '0.001',
      minAmount: '0.001',
      maxAmount: '1000',
      minNotional: '5',
      active: true,
    });
  });

  test('balances and positions', async () => {
    const exchange = await open({
      'GET /fapi/v3/balance': usdmAnswer('balance'),
      'GET /fapi/v3/positionRisk': usdmAnswer('position_risk'),
      'GET /fapi/v1/symbolConfig': [{ symbol: 'BTCUSDT', leverage: 20 }],
    });
    expect(await exchange.balances()).toEqual([{ asset: 'USDT', free: '122.12345678', locked: '0' }]);
    expect(await exchange.positions()).toEqual([
      { symbol, amount: '0.001', entryPrice: '50000', unrealizedPnl: '1', leverage: '20' },
    ]);
  });

  test('an order, new and asked for', async () => {
    const answer = usdmAnswer('order_response');
    const exchange = await open({ 'POST /fapi/v1/order': answer, 'GET /fapi/v1/order': answer });
    const change = { clientOrderId: 'testOrder123', type: 'limit', amount: '0.001', price: '50000' } as const;
    expect(await exchange.createOrder(intentOf({ symbol }, change), submission)).toEqual({
      kind: 'accepted',
      order,
      fills: [],
    });
    const query = { symbol, clientOrderId: 'testOrder123', sinceMs: 0 };
    expect(await exchange.findOrder(query)).toEqual({ order, fills: [] });
  });

  test('a stop that waits', async () => {
    const exchange = await open({
      'GET /fapi/v1/openOrders': [],
      'GET /fapi/v1/openAlgoOrders': usdmAnswer('open_algo_orders'),
    });
    const { price, ...rest } = order;
    const waiting = { venueOrderId: 'algo-123456789', clientOrderId: 'test-algo-order-1', type: 'stopMarket' };
    expect([price, await exchange.openOrders(symbol)]).toEqual([
      '50000',
      [{ ...rest, ...waiting, stopPrice: '45000' }],
    ]);
  });
});

/** As docs.kraken.com has it: no recording tells Kraken's names of assets. */
const asset = (altname: string) => ({ aclass: 'currency', altname, decimals: 10, display_decimals: 5 });

describe('Kraken: what was recorded of its REST', () => {
  const open = (answers: Answers = {}) =>
    openRecorded('kraken', {
      'GET /0/public/AssetPairs': recordedMarkets('KRAKEN'),
      'GET /0/public/Assets': { error: [], result: { XXBT: asset('XBT'), XETH: asset('ETH'), USDT: asset('USDT') } },
      'GET /0/public/Time': { error: [], result: { unixtime: 1_700_000_000 } },
      ...answers,
    });
  const limit = {
    venue: 'kraken',
    symbol: 'BTC/USDT',
    venueOrderId: 'O26VBY-ISGAE-JP5TLU',
    side: 'buy',
    type: 'limit',
    state: 'accepted',
    amount: '0.5',
    executed: '0',
    price: '29500',
    reduceOnly: false,
    venueMs: 1_688_583_840_865,
  };
  const stop = {
    venue: 'kraken',
    symbol: 'ETH/USDT',
    venueOrderId: 'OYEQF4-FDE4C-NMUYUI',
    side: 'sell',
    type: 'stopMarket',
    state: 'accepted',
    amount: '1',
    executed: '0',
    stopPrice: '1800',
    reduceOnly: false,
    venueMs: 1_688_584_240_123,
  };

  test('trading rules of 2021, and of a tokenized share of 2025', async () => {
    expect(await marketOf(await open(), 'BTC/USDT')).toMatchObject({
      priceTick: '0.1',
      amountStep: '0.00000001',
      minAmount: '0.0002',
      active: true,
    });
    const exchange = await open({ 'GET /0/public/AssetPairs': krakenAnswer('asset_pairs_tokenized') });
    expect(await marketOf(exchange, 'AAPLX/USD')).toMatchObject({ priceTick: '0.01', minNotional: '0.5' });
  });

  test('open orders, a stop among them', async () => {
    const exchange = await open({ 'POST /0/private/OpenOrders': krakenAnswer('open_orders') });
    expect(await exchange.openOrders()).toEqual([limit, stop]);
  });

  // Not recorded: a person's own order at the venue, which must not hide the others.
  test('a stop that trails, beside a recorded order', async () => {
    const descr = { pair: 'ETHUSDT', type: 'sell', ordertype: 'trailing-stop', price: '+1.5000%', price2: '0' };
    const trailing = {
      status: 'open',
      opentm: 1_688_584_240.1234,
      descr,
      vol: '1',
      vol_exec: '0',
      stopprice: '1800.0',
    };
    const recorded = krakenAnswer('open_orders') as Readonly<{ result: Readonly<{ open: object }> }>;
    const answer = { error: [], result: { open: { ...recorded.result.open, 'OYEQF4-FDE4C-NMUYUI': trailing } } };
    const exchange = await open({ 'POST /0/private/OpenOrders': answer });
    expect(await exchange.openOrders()).toEqual([limit, stop]);
  });

  test('ended orders', async () => {
    const exchange = await open({
      'POST /0/private/OpenOrders': { error: [], result: { open: {} } },
      'POST /0/private/ClosedOrders': krakenAnswer('closed_orders'),
    });
    const filled = { ...limit, venueOrderId: 'O5KZFT-GH3AD-LP6TLU', state: 'filled', executed: '0.5' };
    expect(await exchange.ordersSince('BTC/USDT', 0)).toEqual([{ ...filled, venueMs: 1_688_590_000_543 }]);
    const { stopPrice, ...rest } = stop;
    const market = { venueOrderId: 'OCLOSED-2-TESTID', type: 'market', state: 'filled', executed: '1' };
    expect([stopPrice, await exchange.ordersSince('ETH/USDT', 0)]).toEqual([
      '1800',
      [{ ...rest, ...market, venueMs: 1_688_595_000_988 }],
    ]);
  });

  test('trades of the account', async () => {
    const exchange = await open({ 'POST /0/private/TradesHistory': krakenAnswer('trades_history') });
    const { fills } = await exchange.fillsSince('BTC/USDT', 0);
    expect(fills).toEqual([
      {
        venue: 'kraken',
        symbol: 'BTC/USDT',
        tradeId: 'TCCCTY-WJ6EO-4FP4VZ',
        venueOrderId: 'O26VBY-ISGAE-JP5TLU',
        side: 'buy',
        amount: '0.5',
        price: '29500.5',
        quoteAmount: '14750.25',
        fee: '23.6',
        feeAsset: 'USDT',
        liquidity: 'maker',
        venueMs: 1_688_585_840_892,
      },
    ]);
    const [fill] = (await exchange.fillsSince('ETH/USDT', 0)).fills;
    expect(fill).toMatchObject({ side: 'sell', amount: '1', price: '1799.75', fee: '3.6', liquidity: 'taker' });
  });

  test('a new order and a cancel', async () => {
    const exchange = await open({
      'POST /0/private/AddOrder': krakenAnswer('add_order_spot'),
      'POST /0/private/CancelOrder': krakenAnswer('cancel_order_spot'),
    });
    const intent = intentOf({ symbol: 'BTC/USD' }, { type: 'limit', price: '50000' });
    expect(await exchange.createOrder(intent, submission)).toMatchObject({
      kind: 'accepted',
      order: { venueOrderId: 'OUF4EM-FRGI2-MQMWZD', clientOrderId: intent.clientOrderId, state: 'accepted' },
    });
    const reference = { symbol: 'BTC/USD', clientOrderId: intent.clientOrderId };
    expect(await exchange.cancelOrder(reference)).toEqual({ kind: 'canceled' });
  });
});
