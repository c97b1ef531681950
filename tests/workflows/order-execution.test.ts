import { WorkflowFailedError, type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { sumText } from '../../core/orders/amount.ts';
import { cancelUpdate, statusQuery } from '../../workflows/order-messages.ts';
import { needsServer } from '../temporal-server.ts';
import { type OrderTestDesk, planBundle } from '../order-desk.ts';
import { orderDesks } from '../order-desks.ts';

const open = orderDesks();

/** Until the order rests at the venue. */
const untilRests = (handle: WorkflowHandle) =>
  expect.poll(() => handle.query(statusQuery)).toMatchObject({ phase: 'following', state: 'accepted' });

describe('orderExecution, to the end', () => {
  needsServer();

  test('a market order on Binance spot: rounded down, filled, booked, released', async () => {
    const desk = await open();
    const result = await desk.run({ symbol: 'BTC/USDT', side: 'buy', amount: '0.0123456' });
    expect(result).toMatchObject({ kind: 'ended', last: { state: 'filled', executed: '0.01234' }, earlier: [] });
    const { clientOrderId } = result.last;
    expect(clientOrderId).toMatch(/^[0-9a-f]{32}$/);
    const [order] = await desk.truth(clientOrderId);
    expect(order).toMatchObject({ symbol: 'BTCUSDT', status: 'filled' });
    const entries = await desk.store.entriesOf(clientOrderId);
    const moved = entries.filter(({ ledgerAccount, asset }) => ledgerAccount === 'assets' && asset === 'BTC');
    const bought = moved.map(({ amount }) => amount).filter((amount) => !amount.startsWith('-')); // the others are fees
    expect(sumText(...bought)).toBe('0.01234'); // in one trade or several
    const [reserved, priced, submitted] = await desk.store.decisions({ clientOrderId });
    expect(reserved).toMatchObject({ what: 'reserved', by: `account-guard:${desk.names.spot}` });
    expect(reserved?.why).toMatch(/^\d{3}(\.\d+)? of 10000 USDT an order, valued at \d+(\.\d+)?$/);
    expect(priced).toMatchObject({ what: 'priced', by: expect.stringMatching(/^order-/) });
    expect(priced?.why).toMatch(/^\d+(\.\d+)? at the venue \(bookMid\) before it was sent$/);
    expect(submitted?.what).toBe('submitted');
    const view = await desk.guards.view(desk.names.spot);
    expect(view).toMatchObject({ underWay: [], positions: { 'BTC/USDT': '0.01234' }, settledCount: 1 });
  });

  test('four steps come before the order goes out, its row with the first of them', async () => {
    const desk = await open();
    const handle = await desk.start({ symbol: 'BTC/USDT', side: 'buy', amount: '0.01' });
    await handle.result();
    const { events } = await handle.fetchHistory();
    const steps = (events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
    );
    expect(steps).toEqual(['prepareAndStore', 'reserve', 'checkPrice', 'submitAndSend', 'release']);
  });

  test('a limit order on Kraken rests, and is filled when the price comes to it', async () => {
    const desk = await open();
    const account = desk.names.kraken;
    const price = await desk.price(account, 'BTC/USD');
    const limit = (price * 0.995).toFixed(1);
    const handle = await desk.start({ account, symbol: 'BTC/USD', side: 'buy', amount: '0.01', price: limit });
    await untilRests(handle);
    await desk.control('price', { symbol: 'BTC', price: price * 0.99 });
    expect(await handle.result()).toMatchObject({ last: { state: 'filled', executed: '0.01' } });
  });

  test('a market order on Kraken', async () => {
    const desk = await open();
    const order = { account: desk.names.kraken, symbol: 'BTC/USD', side: 'buy', amount: '0.002' } as const;
    expect(await desk.run(order)).toMatchObject({ last: { state: 'filled', executed: '0.002' } });
  });

  test('what the venue refuses is rejected, with its words, and holds nothing any more', async () => {
    const desk = await open();
    const price = await desk.price(desk.names.spot, 'BTC/USDT');
    const result = await desk.run({
      symbol: 'BTC/USDT',
      side: 'buy',
      amount: '0.01',
      price: (price * 1.01).toFixed(2),
      timeInForce: 'PO',
    });
    expect(result.last).toMatchObject({ state: 'rejected', executed: '0', reason: expect.stringContaining('-2010') });
    expect(await desk.guards.view(desk.names.spot)).toMatchObject({ underWay: [], positions: {} });
  });

  test.each([
    ['one order’s notional', 'limits: { max_order_notional: 100 }', 'order notional would be'],
    ['a position', 'limits: { max_position_notional: 100 }', 'position in BTC/USDT would be'],
    ['the exposure', 'limits: { max_exposure: 100 }', 'exposure would be'],
    ['a day’s notional', 'limits: { max_notional_per_day: 100 }', 'notional a day would be'],
    ['the collar', 'price_check: { collar_bps: 20 }', 'too far from'],
  ])('an order over %s is denied and never sent', async (_, settings, reason) => {
    const desk = await open({ settings });
    const price = await desk.price(desk.names.spot, 'BTC/USDT');
    const limit = (price * 1.01).toFixed(2);
    const order = { symbol: 'BTC/USDT', side: 'buy', amount: '0.01', price: limit } as const;
    const { last } = await desk.run(order);
    expect(last).toMatchObject({ state: 'denied', executed: '0', reason: expect.stringContaining(reason) });
    expect(await desk.truth(last.clientOrderId)).toEqual([]);
    expect(await desk.guards.view(desk.names.spot)).toMatchObject({ underWay: [], positions: {} });
  });

  test.each([
    ['an unknown market', { symbol: 'BTC/USDX', side: 'buy', amount: '0.01' }, 'symbol: ', 'BTC/USDT'],
    ['an amount below the minimum', { symbol: 'BTC/USDT', side: 'buy', amount: '0.000001' }, 'amount: ', 'too small'],
    ['an unknown account', { account: 'nobody', symbol: 'BTC/USDT', side: 'buy', amount: '1' }, '', 'nobody'],
    ['no side', { symbol: 'BTC/USDT', amount: '0.01' }, 'side: ', 'missing'],
    ['a number for an amount', { symbol: 'BTC/USDT', side: 'buy', amount: 0.01 }, 'amount: ', 'decimal text'],
    ['an unknown key', { symbol: 'BTC/USDT', side: 'buy', amount: '1', pirce: '1' }, 'pirce: ', 'did you mean price'],
  ])('%s is refused with the field, and nothing is stored', async (_, input, path, words) => {
    const desk = await open();
    const thrown = await desk.run(input as never).catch((error: unknown) => error);
    const cause = thrown instanceof WorkflowFailedError ? thrown.cause : undefined;
    expect(cause?.message).toContain(path);
    expect(cause?.message).toContain(words);
    expect(await desk.store.orders({})).toEqual([]);
  });
});

describe('orderExecution, when the answer is lost', () => {
  needsServer();

  test('accepted, and the answer never came: adopted, once', async () => {
    const desk = await open({ timeoutMs: 1_500 });
    await desk.control('fault', { kind: 'accept-then-hang', match: { method: 'POST', path: '/order' }, count: 1 });
    const result = await desk.run({ symbol: 'BTC/USDT', side: 'buy', amount: '0.01' });
    expect(result).toMatchObject({ last: { state: 'filled', executed: '0.01' }, earlier: [] });
    const steps = (await desk.store.steps(result.last.clientOrderId)).map(({ state }) => state);
    expect(steps).toEqual(['initialized', 'submitted', 'unknown', 'filled']);
    expect(await desk.truth()).toHaveLength(1);
  });

  test('never arrived: notSent after deadline and settle time, then a new intent with a new id', async () => {
    const desk = await open();
    await desk.accounts.exchange(desk.names.kraken); // asks for the key's rights, by an order that is only checked
    const fault = { kind: 'reset-before', match: { method: 'POST', path: 'AddOrder' }, count: 1 };
    await desk.control('fault', fault);
    const order = { account: desk.names.kraken, symbol: 'BTC/USD', side: 'buy', amount: '0.002' } as const;
    const result = await desk.hurried(desk.names.kraken, () => desk.run(order));
    expect(result).toMatchObject({
      last: { state: 'filled', executed: '0.002', intentNumber: 2 },
      earlier: [{ state: 'notSent', intentNumber: 1 }],
      nextIntentNumber: 3,
    });
    expect(await desk.truth()).toHaveLength(1);
  });

  test('never arrived, again and again: as many new intents as the settings allow, and no more', async () => {
    const desk = await open({ settings: 'new_intents_after_not_sent: 1\n' });
    await desk.accounts.exchange(desk.names.kraken);
    await desk.control('fault', { kind: 'reset-before', match: { method: 'POST', path: 'AddOrder' } });
    const order = { account: desk.names.kraken, symbol: 'BTC/USD', side: 'buy', amount: '0.002' } as const;
    const result = await desk.hurried(desk.names.kraken, () => desk.run(order));
    expect(result).toMatchObject({ last: { state: 'notSent' }, earlier: [{ state: 'notSent' }] });
    expect(await desk.truth()).toEqual([]);
    expect(await desk.guards.view(desk.names.kraken)).toMatchObject({ underWay: [], positions: {} });
  });
});

describe('orderExecution, asked to stop', () => {
  needsServer();

  const resting = async (desk: OrderTestDesk) => {
    const price = await desk.price(desk.names.spot, 'BTC/USDT');
    return { symbol: 'BTC/USDT', side: 'buy', amount: '0.01', price: (price * 0.9).toFixed(2) } as const;
  };

  test('the update cancel ends a resting order, and is refused twice', async () => {
    const desk = await open();
    const handle = await desk.start(await resting(desk));
    await untilRests(handle);
    await expect(handle.executeUpdate(cancelUpdate, { args: [{ reason: '' }] })).rejects.toThrow(
      WorkflowUpdateFailedError,
    );
    await handle.executeUpdate(cancelUpdate, { args: [{ reason: 'no longer wanted' }] });
    expect(await handle.result()).toMatchObject({ last: { state: 'canceled', executed: '0' } });
    expect(await desk.guards.view(desk.names.spot)).toMatchObject({ underWay: [] });
  });

  test('a cancelled workflow cancels its order first', async () => {
    const desk = await open();
    const handle = await desk.start(await resting(desk));
    await untilRests(handle);
    const { clientOrderId } = await handle.query(statusQuery);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    expect((await desk.store.order(clientOrderId))?.state).toBe('canceled');
    expect(await desk.truth(clientOrderId)).toMatchObject([{ status: 'canceled' }]);
  });

  test('an order rests no longer than it may', async () => {
    const desk = await open();
    expect(await desk.run({ ...(await resting(desk)), restMs: 1_000 })).toMatchObject({
      last: { state: 'canceled', executed: '0' },
    });
  });

  test('a halt denies what is not sent, cancels what rests, and only a person ends it', async () => {
    const desk = await open();
    const rests = await desk.start(await resting(desk));
    await untilRests(rests);
    const halt = { reason: 'a test', by: 'tester' };
    await desk.guard().executeUpdate('halt', { args: [halt] });
    const state = await desk.store.accountState(desk.names.spot);
    expect(state).toMatchObject({ mode: 'HALTED', reason: 'a test' });
    expect(await rests.result()).toMatchObject({ last: { state: 'canceled' } });
    const denied = await desk.run(await resting(desk));
    expect(denied.last).toMatchObject({ state: 'denied', reason: expect.stringContaining('HALTED') });
    await desk.guard().executeUpdate('resume', { args: [{ reason: 'looked at it', by: 'tester' }] });
    expect(await desk.run({ symbol: 'BTC/USDT', side: 'buy', amount: '0.001' })).toMatchObject({
      last: { state: 'filled' },
    });
    // Invariant 7, by the venue: nothing signed later than a second after the halt, until it was ended.
    const signed = (await desk.store.orders({})).filter(({ submission, createdMs }) => {
      const from = (state.haltedVenueMs ?? 0) + 1_000;
      return (submission?.timestampMs ?? 0) > from && createdMs < state.changedMs;
    });
    expect(signed).toEqual([]);
  });
});

describe('orderExecution, reset', () => {
  needsServer();

  test('to its first step sends nothing again: the id stays', async () => {
    const desk = await open();
    const handle = await desk.start({ symbol: 'BTC/USDT', side: 'buy', amount: '0.01' });
    const before = await handle.result();
    const again = await desk.reset(handle.workflowId);
    const after = await desk.client.workflow.getHandle(handle.workflowId, again).result();
    expect(after).toEqual(before);
    expect(await desk.truth()).toHaveLength(1);
    expect(await desk.store.orders({})).toHaveLength(1);
  });

  test('of its parent: children start anew, and send nothing again', async () => {
    const desk = await open({ bundle: await planBundle() });
    const legs = [
      { account: desk.names.spot, symbol: 'BTC/USDT', side: 'buy', amount: '0.01' },
      { account: desk.names.spot, symbol: 'ETH/USDT', side: 'buy', amount: '0.1' },
    ];
    const workflowId = `plan-${desk.names.spot}`;
    const options = { taskQueue: desk.queue, workflowId, args: [legs], workflowTaskTimeout: '3 seconds' } as const;
    const handle = await desk.client.workflow.start('orderPlan', options);
    const before = (await handle.result()) as unknown;
    const again = await desk.reset(workflowId);
    expect(await desk.client.workflow.getHandle(workflowId, again).result()).toEqual(before);
    expect(await desk.truth()).toHaveLength(2);
  });
});
