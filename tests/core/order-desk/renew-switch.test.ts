import { describe, expect, test } from 'vitest';
import { clearSwitchFor, renewSwitch } from '../../../core/order-desk/renew-switch.ts';
import { submitAndSend } from '../../../core/order-desk/submit-and-send.ts';
import { deadManSwitchMs } from '../../../core/orders/dead-man-switch.ts';
import { intentOf, owner } from '../../contracts/order-fixtures.ts';
import { counted, failing, failureOf, openDesk } from './desk-fixtures.ts';
import { standAt } from './switch-stand.ts';

const [btc, eth] = ['BTC/USDT:USDT', 'ETH/USDT:USDT'];

describe('a switch a symbol (USD-M, orders.md 6)', () => {
  test('is renewed where orders rest; a desk that is silent for 60 s leaves nothing open', async () => {
    const { renew, rest, pass, open } = await standAt('binanceusdm');
    await rest(btc);
    await rest(eth);
    let armed = await renew([]);
    expect(armed).toEqual([btc, eth]);
    for (let times = 0; times < 3; times += 1) {
      pass(deadManSwitchMs - 1_000);
      armed = await renew(armed);
    }
    expect(await open()).toHaveLength(2);
    pass(deadManSwitchMs + 100);
    expect(await open()).toEqual([]);
  });

  test('is switched off where nothing rests any more: what comes later is not cancelled by it', async () => {
    const { renew, rest, pass, open, exchange } = await standAt('binanceusdm');
    await rest(btc);
    await rest(eth);
    const armed = await renew([]);
    await exchange.cancelAll(eth);
    expect(await renew(armed)).toEqual([btc]);
    await rest(eth);
    pass(deadManSwitchMs + 100);
    expect(await open()).toEqual([`${eth} limit`]);
  });

  test('is switched off where a protective stop rests: it would be cancelled too', async () => {
    const { renew, rest, pass, open } = await standAt('binanceusdm');
    await rest(btc);
    await rest(eth);
    const armed = await renew([]);
    await rest(btc, 'stopMarket');
    expect(await renew(armed)).toEqual([eth]);
    pass(deadManSwitchMs + 100);
    expect(await open()).toEqual([`${btc} limit`, `${btc} stopMarket`]);
  });

  test('is switched off when the settings say so', async () => {
    const { renew, rest, pass, open } = await standAt('binanceusdm');
    await rest(btc);
    const armed = await renew([]);
    expect(await renew(armed, { enabled: false })).toEqual([]);
    pass(deadManSwitchMs + 100);
    expect(await open()).toEqual([`${btc} limit`]);
  });

  test('what a keeper that has died had armed is switched off, stop or no order', async () => {
    const { renew, rest, pass, open, exchange } = await standAt('binanceusdm');
    await rest(btc);
    await rest(eth);
    await renew([]);
    await rest(btc, 'stopMarket');
    await exchange.cancelAll(eth);
    expect(await renew(undefined, { traded: [btc, eth] })).toEqual([]);
    await rest(eth);
    pass(deadManSwitchMs + 100);
    expect(await open()).toEqual([`${btc} limit`, `${btc} stopMarket`, `${eth} limit`]);
  });

  test('a stop that is under way and not yet shown counts', async () => {
    const { renew, rest } = await standAt('binanceusdm');
    await rest(btc);
    expect(await renew([btc], { protectedSymbols: [btc] })).toEqual([]);
  });

  test('between two renewals only what is new is armed', async () => {
    const { renew, rest, pass, open } = await standAt('binanceusdm');
    await rest(btc);
    const armed = await renew([]);
    pass(deadManSwitchMs / 2);
    await rest(eth);
    expect(await renew(armed, { isDue: false })).toEqual([btc, eth]);
    pass(deadManSwitchMs / 2 + 100);
    expect(await open()).toEqual([`${eth} limit`]);
  });

  test('is cleared before a stop is sent: a desk that dies right after leaves the stop', async () => {
    const { exchange, renew, rest, pass, open } = await standAt('binanceusdm', 'real');
    await rest(btc);
    await renew([]);
    // Seconds are left: a clock that has jumped is looked at for one before anything is signed by it.
    pass(deadManSwitchMs - 30_000);
    const { price: _price, ...order } = intentOf('the stop', { symbol: btc, amount: '0.1', type: 'stopMarket' });
    const stop = { ...order, side: 'sell' as const, stopPrice: '50000' };
    const { desk } = openDesk();
    await desk.orders.putIntent(stop, 'binanceusdm', owner, 0);
    const { clientOrderId } = stop;
    const grant = { clientOrderId, grantedMs: await exchange.serverTimeMs(), reservationId: 'r' };
    await submitAndSend({ ...desk, exchange }, { clientOrderId, grant, reduces: false });
    pass(deadManSwitchMs);
    expect(await open()).toEqual([`${btc} limit`, `${btc} stopMarket`]);
  });

  test('is cleared for no other order, and not where another symbol’s stop is sent', async () => {
    const { exchange, renew, rest, pass, open } = await standAt('binanceusdm');
    await rest(btc);
    await renew([]);
    await clearSwitchFor({ exchange }, { type: 'limit', symbol: btc });
    await clearSwitchFor({ exchange }, { type: 'stopMarket', symbol: eth });
    pass(deadManSwitchMs + 100);
    expect(await open()).toEqual([]);
  });

  test('a venue that does not take it says so', async () => {
    const { exchange, rest } = await standAt('binanceusdm');
    await rest(btc);
    const resting = await exchange.openOrders();
    for (const armed of [[], [btc]]) {
      const through = failing(exchange, { armDeadManSwitch: 1 }, failureOf('maintenance', '', 'closed'));
      const desk = { ...openDesk().desk, exchange: through };
      const asked = renewSwitch(desk, resting, { armed, enabled: armed.length === 0 });
      await expect(asked).rejects.toMatchObject({ code: 'NotReachable', message: 'closed' });
    }
  });
});

describe('one switch for the account (Kraken)', () => {
  test('cancels everything of a silent desk, and is off while any protective stop rests', async () => {
    const { renew, rest, pass, open } = await standAt('kraken');
    await rest('BTC/USD');
    await rest('ETH/USD');
    const armed = await renew([]);
    expect(armed).toEqual(['account']);
    pass(deadManSwitchMs - 1_000);
    await rest('ETH/USD', 'stopMarket');
    expect(await renew(armed)).toEqual([]);
    pass(deadManSwitchMs + 100);
    expect(await open()).toHaveLength(3);
  });

  test('what a keeper that has died had armed is switched off where a stop rests', async () => {
    const { renew, rest, pass, open } = await standAt('kraken');
    await rest('BTC/USD');
    await renew([]);
    await rest('ETH/USD', 'stopMarket');
    expect(await renew(undefined)).toEqual([]);
    pass(deadManSwitchMs + 100);
    expect(await open()).toHaveLength(2);
  });

  test('is cleared for the whole account before a stop is sent', async () => {
    const { exchange, renew, rest, pass, open } = await standAt('kraken');
    await rest('BTC/USD');
    await renew([]);
    await clearSwitchFor({ exchange }, { type: 'stopMarket', symbol: 'ETH/USD' });
    pass(deadManSwitchMs + 100);
    expect(await open()).toHaveLength(1);
  });

  test('strikes after 60 s of silence', async () => {
    const { renew, rest, pass, open } = await standAt('kraken');
    await rest('BTC/USD');
    const armed = await renew(await renew([]));
    expect(armed).toEqual(['account']);
    pass(deadManSwitchMs + 1_000);
    expect(await open()).toEqual([]);
    expect(await renew(armed)).toEqual([]);
  });
});

test('a venue that has none is not asked (Binance spot)', async () => {
  const { exchange, calls } = counted((await standAt('binance')).exchange);
  const desk = { ...openDesk().desk, exchange };
  expect(await renewSwitch(desk, [], { armed: ['account'], enabled: true })).toEqual([]);
  expect(calls).toEqual({});
});
