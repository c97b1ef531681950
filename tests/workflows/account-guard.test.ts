import { randomBytes } from 'node:crypto';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { createAccountGuards } from '../../adapters/temporal/client/account-guards.ts';
import type { GuardDecision } from '../../core/orders/guard-types.ts';
import { statusQuery } from '../../workflows/order-messages.ts';
import type { OrderTestDesk } from '../order-desk.ts';
import { orderDesks } from '../order-desks.ts';
import { needsServer } from '../temporal-server.ts';

const open = orderDesks();

const id = () => randomBytes(16).toString('hex');

/** A request straight to the guard, as the activity `reserve` sends it. */
function reserve(desk: OrderTestDesk, clientOrderId: string, updateId = clientOrderId): Promise<GuardDecision> {
  const request = {
    clientOrderId,
    symbol: 'BTC/USDT',
    side: 'buy',
    amount: '0.0001',
    price: '65000',
    reduceOnly: false,
    protective: false,
  };
  const message = { name: 'reserve', argument: { request, venueMs: Date.now() }, updateId };
  return untilAnswered(() => desk.guards.update(desk.names.spot, message)) as Promise<GuardDecision>;
}

function release(desk: OrderTestDesk, clientOrderId: string): Promise<unknown> {
  const argument = { clientOrderId, executed: '0.0001', venueMs: Date.now() };
  const message = { name: 'release', argument, updateId: `release ${clientOrderId}` };
  return untilAnswered(() => desk.guards.update(desk.names.spot, message));
}

describe('accountGuard', () => {
  needsServer();

  test('200 orders at once at 99 % of a limit: as many as fit, and no more', async () => {
    const desk = await open({
      settings: 'limits: { max_exposure: 10000, max_orders_per_minute: 1000, max_order_notional: 100000 }\n',
    });
    const price = await desk.price(desk.names.spot, 'BTC/USDT');
    // So near that it makes no difference to how many fit whether they are valued at their limit or at the market.
    const limit = (price * 0.998).toFixed(2);
    const amountOf = (notional: number) => (notional / Number(limit)).toFixed(5);
    const resting = { symbol: 'BTC/USDT', side: 'buy', price: limit } as const;
    const first = await desk.start({ ...resting, amount: amountOf(9_900) });
    await expect.poll(() => first.query(statusQuery)).toMatchObject({ state: 'accepted' });
    // 35 each: two of them fit below the last hundred, a third does not.
    const handles = await Promise.all(
      Array.from({ length: 200 }, () => desk.start({ ...resting, amount: amountOf(35) })),
    );
    const settled = async () => {
      const rows = await desk.store.orders({ limit: 1_000 });
      return rows.filter(({ state }) => state === 'denied' || state === 'accepted').length;
    };
    await expect.poll(settled, { timeout: 170_000 }).toBe(201);
    const rows = await desk.store.orders({ limit: 1_000 });
    expect(rows.filter(({ state }) => state === 'accepted')).toHaveLength(3);
    const exposure = (await desk.truth()).reduce((sum, order) => sum + Number(order.quantity) * Number(limit), 0);
    expect(exposure).toBeLessThanOrEqual(10_000);
    expect(handles).toHaveLength(200);
    await desk.guard().executeUpdate('halt', { args: [{ reason: 'the test is over', by: 'tester' }] });
    await Promise.all([first, ...handles].map((handle) => handle.result()));
    expect(await desk.guards.view(desk.names.spot)).toMatchObject({ underWay: [] });
  }, 300_000);

  test('continues as new under a steady load and loses nothing', async () => {
    const desk = await open({
      settings: 'limits: { max_orders_per_minute: 6000, max_notional_per_day: 1000000000 }\n',
    });
    const rounds = 320;
    let next = 0;
    const worker = async () => {
      while (next < rounds) {
        next++;
        const clientOrderId = id();
        expect(await reserve(desk, clientOrderId)).toMatchObject({ kind: 'granted' });
        await release(desk, clientOrderId);
      }
    };
    await Promise.all(Array.from({ length: 2 }, worker));
    const view = await desk.guards.view(desk.names.spot);
    expect(view).toMatchObject({ underWay: [], settledCount: rounds });
    const executions = [];
    const query = `WorkflowId = 'account-guard:${desk.names.spot}'`;
    for await (const execution of desk.client.workflow.list({ query })) executions.push(execution);
    expect(executions.length).toBeGreaterThanOrEqual(2);
    for (const { historyLength } of executions) expect(historyLength).toBeLessThan(4_096);
  }, 180_000);

  test('after a reset it is what the store says: positions, what is under way, what has ended', async () => {
    const desk = await open();
    const filled = await desk.run({ symbol: 'BTC/USDT', side: 'buy', amount: '0.01' });
    const price = await desk.price(desk.names.spot, 'BTC/USDT');
    const limit = (price * 0.9).toFixed(2);
    const resting = await desk.start({ symbol: 'BTC/USDT', side: 'buy', amount: '0.02', price: limit });
    await expect.poll(() => resting.query(statusQuery)).toMatchObject({ state: 'accepted' });
    const before = await desk.guards.view(desk.names.spot);
    await desk.reset(`account-guard:${desk.names.spot}`);
    await expect.poll(() => desk.guards.view(desk.names.spot)).toMatchObject({ loading: false });
    const after = await desk.guards.view(desk.names.spot);
    expect(after).toMatchObject({ positions: before?.positions, underWay: before?.underWay, mode: 'ACTIVE' });
    expect(after?.positions).toEqual({ 'BTC/USDT': '0.01' });
    // Who has ended gets nothing any more, whatever asks for it.
    expect(await reserve(desk, filled.last.clientOrderId, id())).toEqual({ kind: 'refused', reason: 'already ended' });
  });

  test('hears from the store of a halt that came without Temporal', async () => {
    const desk = await open();
    await desk.run({ symbol: 'BTC/USDT', side: 'buy', amount: '0.001' });
    const why = { reason: 'by hand', by: 'tester', person: true };
    await desk.store.setMode(desk.names.spot, 'HALTED', why, Date.now(), Date.now());
    await expect.poll(() => desk.guards.view(desk.names.spot)).toMatchObject({ mode: 'HALTED', reason: 'by hand' });
  });

  test('a halt that is ended cancels nothing any more, and the next one counts what came between', async () => {
    const desk = await open();
    const limit = ((await desk.price(desk.names.spot, 'BTC/USDT')) * 0.9).toFixed(2);
    const resting = { symbol: 'BTC/USDT', side: 'buy', amount: '0.001', price: limit } as const;
    const send = async () => {
      const handle = await desk.start(resting);
      await expect.poll(() => handle.query(statusQuery)).toMatchObject({ state: 'accepted' });
      return handle;
    };
    const say = (name: 'halt' | 'resume') =>
      desk.guard().executeUpdate(name, { args: [{ reason: 'a drill', by: 'tester' }] });
    const cancelers = async () => {
      const { raw } = await desk.guard().describe();
      return (raw.pendingActivities ?? []).filter(({ activityType }) => activityType?.name === 'haltCancelAll').length;
    };
    const first = await send();
    await say('halt');
    await expect.poll(() => first.query(statusQuery)).toMatchObject({ state: 'canceled' });
    expect(await cancelers()).toBe(1);
    await say('resume');
    const second = await send();
    await expect.poll(cancelers).toBe(0);
    expect(await second.query(statusQuery)).toMatchObject({ state: 'accepted' });
    await say('halt');
    await expect.poll(() => second.query(statusQuery)).toMatchObject({ state: 'canceled' });
    // Past the latest deadline and the settle time, a minute by the venue's clock.
    await desk.control('advance', { ms: 70_000 });
    await expect.poll(cancelers, { timeout: 60_000 }).toBe(0);
    const { events } = await desk.guard().fetchHistory();
    const asked = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'haltCancelAll'
        ? [JSON.parse(Buffer.from(scheduled.input?.payloads?.[0]?.data ?? []).toString()) as Record<string, number>]
        : [],
    );
    expect(asked).toHaveLength(2);
    const deadline = (place: number) => asked[place]?.['latestDeadlineMs'] ?? 0;
    expect(deadline(1)).toBeGreaterThan(deadline(0));
  }, 120_000);

  test('a halt that comes while a resume is being stored stands', async () => {
    const gate = Promise.withResolvers<void>();
    const atGate = Promise.withResolvers<void>();
    const desk = await open({
      aroundStore: (store) => ({
        ...store,
        async setMode(account, mode, ...rest) {
          if (mode === 'ACTIVE') {
            atGate.resolve();
            await gate.promise;
          }
          return store.setMode(account, mode, ...rest);
        },
      }),
    });
    const account = desk.names.spot;
    const tell = (name: string, reason: string) =>
      desk.guards.update(account, { name, argument: { reason, by: 'a person' }, updateId: reason });
    await tell('halt', 'the first halt');
    const resumed = tell('resume', 'all is well');
    await atGate.promise;
    await tell('halt', 'the second halt');
    gate.resolve();
    expect(await resumed).toMatchObject({ mode: 'HALTED', reason: 'the second halt' });
    expect(await desk.store.accountState(account)).toMatchObject({ mode: 'HALTED', reason: 'the second halt' });
    expect(await desk.guards.view(account)).toMatchObject({ mode: 'HALTED', reason: 'the second halt' });
  });

  test('a runaway trips to REDUCING, with an alert, and what is held may still be sold', async () => {
    const desk = await open({ settings: 'limits: { max_orders_per_minute: 3 }\n' });
    const market = { symbol: 'BTC/USDT', amount: '0.001' } as const;
    for (let place = 0; place < 3; place++) await desk.run({ ...market, side: 'buy' });
    const account = desk.names.spot;
    expect((await desk.run({ ...market, side: 'buy' })).last).toMatchObject({
      state: 'denied',
      reason: 'orders a minute: the limit is 3',
    });
    const why = { mode: 'REDUCING', reason: 'orders a minute: the limit is 3' };
    expect(await desk.guards.view(account)).toMatchObject(why);
    expect(await desk.store.accountState(account)).toMatchObject({ ...why, by: `account-guard:${account}` });
    expect(await desk.store.alerts({ account })).toMatchObject([
      { severity: 'RED', key: expect.stringMatching(/^runaway/) },
    ]);
    expect((await desk.run({ ...market, side: 'sell' })).last).toMatchObject({ state: 'filled' });
    expect((await desk.run({ ...market, side: 'buy' })).last.reason).toContain('REDUCING');
  });

  test('knows what is held is worth, also where nobody trades it', async () => {
    const desk = await open({ settings: 'reconcile: { positions_every_seconds: 1 }\n' });
    await desk.run({ symbol: 'ETH/USDT', side: 'buy', amount: '0.1' });
    const price = await desk.price(desk.names.spot, 'ETH/USDT');
    await desk.control('price', { symbol: 'ETH', price: price * 1.5 });
    const known = async () => Number((await desk.guards.view(desk.names.spot))?.prices['ETH/USDT'] ?? 0);
    await expect.poll(known).toBeGreaterThan(price * 1.4);
  });

  test('more processes than the server takes updates of at once all get their answers', async () => {
    const desk = await open({ settings: 'limits: { max_orders_per_minute: 6000 }\n' });
    await reserve(desk, id());
    const { taskQueue } = await desk.guard().describe();
    const processes = [1, 2, 3, 4].map(() => createAccountGuards({ client: desk.client, taskQueue }));
    const asked = processes.flatMap((guards) => Array.from({ length: 15 }, () => reserve({ ...desk, guards }, id())));
    const decisions = await Promise.all(asked);
    expect(new Set(decisions.map(({ kind }) => kind))).toEqual(new Set(['granted']));
    expect((await desk.guards.view(desk.names.spot))?.underWay).toHaveLength(61);
  });

  test('is asked by update, never by query: what a query starts on a taken-over guard cannot be replayed', async () => {
    const desk = await open();
    await reserve(desk, id());
    expect(await desk.guards.view(desk.names.spot)).toMatchObject({ loading: false });
    const { events = [] } = await desk.guard().fetchHistory();
    const updates = (events ?? []).map((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
    expect(updates.map((accepted) => accepted?.acceptedRequest?.input?.name)).toContain('look');
  });

  test('a repeat of an update gets the first answer, and a later one renews the grant', async () => {
    const desk = await open();
    const clientOrderId = id();
    const first = await reserve(desk, clientOrderId);
    expect(await reserve(desk, clientOrderId)).toEqual(first);
    const later = await reserve(desk, clientOrderId, 'another');
    expect(later).toMatchObject({ kind: 'granted', grant: { clientOrderId } });
    expect((await desk.guards.view(desk.names.spot))?.underWay).toEqual([clientOrderId]);
  });

  test.each([
    ['reserve', {}],
    ['reserve', { request: { clientOrderId: 'x' }, venueMs: 1 }],
    ['release', { clientOrderId: 'a'.repeat(32), executed: '1e3', venueMs: 1 }],
    ['halt', { reason: '', by: 'tester' }],
    ['resume', { reason: 'because', by: '' }],
    ['setMode', { mode: 'OFF', reason: 'because', by: 'tester', person: true }],
    ['sync', { mode: 'ACTIVE' }],
  ])('refuses a wrong %s without a trace in its history', async (name, message) => {
    const desk = await open();
    await reserve(desk, id());
    const length = async () => (await desk.guard().describe()).historyLength;
    await expect.poll(length).toBeGreaterThan(10);
    await expect(desk.guard().executeUpdate(name, { args: [message] })).rejects.toThrow(WorkflowUpdateFailedError);
    const { events = [] } = await desk.guard().fetchHistory();
    const updates = (events ?? []).map((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
    const names = updates.map((accepted) => accepted?.acceptedRequest?.input?.name ?? '');
    // The keeper looks when it is time for that.
    expect(names.filter((accepted) => accepted !== '' && accepted !== 'look')).toEqual(['reserve']);
  });

  test('arms Kraken’s dead man’s switch while an order rests', async () => {
    const desk = await open();
    const account = desk.names.kraken;
    const price = await desk.price(account, 'BTC/USD');
    const order = {
      account,
      symbol: 'BTC/USD',
      side: 'buy',
      amount: '0.001',
      price: (price * 0.9).toFixed(1),
    } as const;
    const handle = await desk.start(order);
    await expect.poll(() => handle.query(statusQuery)).toMatchObject({ state: 'accepted' });
    const switches = async () => {
      const { requests } = (await desk.control('log')) as { requests: { path: string }[] };
      return requests.filter(({ path }) => path.includes('CancelAllOrdersAfter')).length;
    };
    await expect.poll(switches).toBeGreaterThan(0);
    await handle.executeUpdate('cancel', { args: [{ reason: 'the test is over' }] });
    await handle.result();
  });
});

/** As the activity is: tried again while the guard continues as new, or has no time. */
async function untilAnswered<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (thrown) {
      const away = thrown instanceof Error && 'code' in thrown && thrown.code === 'NotReachable';
      if (!away || tries > 50) throw thrown;
    }
  }
}
