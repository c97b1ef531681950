import { expect, test } from 'vitest';
import { keepSwitch, type OpenSeen } from '../../../activities/orders/keep-switch.ts';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import { deadManSwitchMs, renewDeadManSwitchMs } from '../../../core/orders/dead-man-switch.ts';
import { account } from '../../core/order-desk/desk-fixtures.ts';
import { intentOf } from '../../contracts/order-fixtures.ts';
import { standAt } from '../../core/order-desk/switch-stand.ts';
import { createMemoryStore } from '../../sim/memory-store.ts';

const btc = 'BTC/USDT:USDT';

/** A keeper that goes on by one renewal each time it is told to; its host's clock goes with the venue's. */
async function keeperAt(venue: Parameters<typeof standAt>[0], seen: () => OpenSeen | undefined = () => undefined) {
  const stand = await standAt(venue);
  const orders = createMemoryStore();
  const stop = new AbortController();
  let nowMs = 0;
  let waits = Promise.withResolvers<void>();
  let goOn = Promise.withResolvers<void>();
  const pause: OrderDesk['pause'] = async (_ms, signal) => {
    waits.resolve();
    await goOn.promise;
    signal?.throwIfAborted();
  };
  const states: string[] = [];
  const desk = { account, orders, exchange: stand.exchange, nowMs: () => nowMs, pause };
  const start = () => {
    const kept = keepSwitch(desk, {
      isEnabled: () => true,
      seen,
      everyMs: () => 5_000,
      onState: (state) => states.push(state),
      signal: stop.signal,
    });
    return {
      kept,
      settled: () => waits.promise,
      async round(ms: number) {
        nowMs += ms;
        stand.pass(ms);
        waits = Promise.withResolvers();
        const before = goOn;
        goOn = Promise.withResolvers();
        before.resolve();
        await waits.promise;
      },
      async end() {
        stop.abort(new Error('stopped'));
        goOn.resolve();
        await expect(kept).rejects.toThrow('stopped');
      },
    };
  };
  return { ...stand, orders, states, start };
}

test('is renewed each quarter of its time, as long as orders rest', async () => {
  const { start, rest, open, states } = await keeperAt('binanceusdm');
  await rest(btc);
  const keeper = start();
  await keeper.settled();
  for (let times = 0; times < 10; times += 1) await keeper.round(renewDeadManSwitchMs);
  expect(await open()).toEqual([`${btc} limit`]);
  expect(states.at(-1)).toBe(`armed for ${btc}`);
  await keeper.end();
});

test('begins by switching off what a keeper that died had armed, where a stop has come since', async () => {
  const { start, rest, renew, pass, open, states } = await keeperAt('kraken');
  await rest('BTC/USD');
  await renew([]);
  await rest('BTC/USD', 'stopMarket');
  const keeper = start();
  await keeper.settled();
  expect(states).toEqual(['not armed']);
  await keeper.end();
  pass(deadManSwitchMs + 1_000);
  expect(await open()).toHaveLength(2);
});

test('goes by the store for stops that the venue does not show yet', async () => {
  const { start, rest, orders, pass, open, states } = await keeperAt('binanceusdm');
  await rest(btc);
  const keeper = start();
  await keeper.settled();
  expect(states.at(-1)).toBe(`armed for ${btc}`);
  const { price: _price, ...stop } = intentOf('a stop', {
    account,
    symbol: btc,
    type: 'stopMarket',
    stopPrice: '50000',
  });
  await orders.putIntent(stop, 'binanceusdm', 'workflow', 0);
  await keeper.round(5_000);
  expect(states.at(-1)).toBe('not armed');
  await keeper.end();
  pass(deadManSwitchMs + 1_000);
  expect(await open()).toEqual([`${btc} limit`]);
});

test('asks the venue itself where the reconciliation beside it hangs', async () => {
  const { start, rest, states, open } = await keeperAt('binanceusdm', () => ({ open: [], atMs: 0 }));
  const keeper = start();
  await keeper.settled();
  await rest(btc);
  await keeper.round(renewDeadManSwitchMs - 1_000);
  expect(states.at(-1)).toBe('not armed');
  await keeper.round(1_000);
  expect(states.at(-1)).toBe(`armed for ${btc}`);
  expect(await open()).toHaveLength(1);
  await keeper.end();
});

test('has nothing to do at a venue without one', async () => {
  const { start, states } = await keeperAt('binance');
  await start().kept;
  expect(states).toEqual([]);
});
