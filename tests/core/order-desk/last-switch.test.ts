import { describe, expect, test } from 'vitest';
import { lastSwitch } from '../../../core/order-desk/last-switch.ts';
import { deadManSwitchMs } from '../../../core/orders/dead-man-switch.ts';
import { idOf, intentOf, noonMs } from '../../contracts/order-fixtures.ts';
import { account, openDesk } from './desk-fixtures.ts';
import { standAt } from './switch-stand.ts';

const [btc, eth] = ['BTC/USDT:USDT', 'ETH/USDT:USDT'];

async function leavingAt(venue: Parameters<typeof standAt>[0]) {
  const stand = await standAt(venue);
  const desk = { ...openDesk().desk, exchange: stand.exchange };
  const leave = async (enabled = true) => lastSwitch(desk, await stand.exchange.openOrders(), { enabled });
  return { ...stand, desk, leave };
}

/** Of a person at the venue's own page. */
const byHand = { clientOrderId: 'web-1' } as const;

describe('who leaves an account that nobody keeps', () => {
  test('arms the switch of what rests: the venue ends it', async () => {
    const { rest, leave, pass, open } = await leavingAt('binanceusdm');
    await rest(btc);
    expect(await leave()).toEqual([btc]);
    pass(deadManSwitchMs - 1_000);
    expect(await open()).toEqual([`${btc} limit`]);
    pass(1_100);
    expect(await open()).toEqual([]);
  });

  test.each(['binanceusdm', 'kraken'] as const)(
    'switches off at %s what a keeper had armed for the orders of others alone',
    async (venue) => {
      const { rest, renew, leave, pass, open } = await leavingAt(venue);
      const symbol = venue === 'kraken' ? 'BTC/USD' : btc;
      await rest(symbol, 'limit', venue === 'kraken' ? { clientOrderId: 'by-hand' } : byHand);
      expect(await renew([])).toHaveLength(1);
      expect(await leave()).toEqual([]);
      pass(deadManSwitchMs + 100);
      expect(await open()).toEqual([`${symbol} limit`]);
    },
  );

  test('leaves a protective stop alone', async () => {
    const { rest, renew, leave, pass, open } = await leavingAt('binanceusdm');
    await rest(btc);
    await renew([]);
    await rest(btc, 'stopMarket');
    expect(await leave()).toEqual([]);
    pass(deadManSwitchMs + 100);
    expect(await open()).toEqual([`${btc} limit`, `${btc} stopMarket`]);
  });

  test('arms nothing where the settings or the venue have no switch', async () => {
    const usdm = await leavingAt('binanceusdm');
    await usdm.rest(btc);
    expect(await usdm.leave(false)).toEqual([]);
    const spot = await leavingAt('binance');
    await spot.rest('BTC/USDT');
    expect(await spot.leave()).toEqual([]);
  });

  test('counts what was sent a moment ago and is not shown yet', async () => {
    const { desk, leave } = await leavingAt('binanceusdm');
    const intent = intentOf('late', { account, symbol: eth });
    const { clientOrderId } = intent;
    await desk.orders.putIntent(intent, 'binanceusdm', 'order-execution:late', noonMs);
    expect(await leave()).toEqual([]);
    const grant = { clientOrderId, grantedMs: noonMs, reservationId: 'r' };
    const submission = { timestampMs: noonMs, deadlineMs: noonMs + 5_000 };
    await desk.orders.submitOnce({ clientOrderId, submission, grant, venueMs: noonMs, reduces: false }, noonMs);
    expect(await leave()).toEqual([eth]);
    expect(clientOrderId).toBe(idOf('late'));
  });
});
