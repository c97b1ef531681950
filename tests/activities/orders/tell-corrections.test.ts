import { describe, expect, test } from 'vitest';
import { beginKeeping, oneRound } from '../../../activities/orders/keep-account.ts';
import { tellCorrections } from '../../../activities/orders/tell-corrections.ts';
import { loadOrderSettings } from '../../../config/orders.ts';
import { account } from '../../core/order-desk/desk-fixtures.ts';
import { openKeeper } from '../../core/order-desk/keeper-stand.ts';

/** A keeper that raises alarms, without a guard; each round is a whole one. */
async function stand() {
  const keeper = await openKeeper();
  const { desk, store, exchange, nowMs, run } = keeper;
  const ports = {
    orders: store,
    accounts: { list: () => [], exchange: () => Promise.resolve(exchange), close: () => Promise.resolve() },
    guards: {
      update: () => Promise.reject(new Error('no guard')),
      view: () => Promise.resolve(undefined),
      isRunning: () => Promise.resolve(false),
    },
    settingsOf: loadOrderSettings,
    nowMs,
  };
  const { signal } = new AbortController();
  const kept = beginKeeping();
  return {
    ...keeper,
    round: async (raise = tellCorrections(ports, account)) => {
      kept.wholeMs = 0;
      return run(oneRound(ports, desk, { kept, beforeBooking: raise, signal }));
    },
    tell: tellCorrections(ports, account),
    alerts: async () =>
      (await store.alerts({ account })).map(
        ({ severity, text, symbol }) => `${severity} ${symbol}${text.slice(0, 40)}`,
      ),
  };
}

describe('what is booked as external raises an alert', () => {
  test('a loss is RED, once, and the same loss again is another alert', async () => {
    const keeper = await stand();
    keeper.venue.deposit('BTC', '-2.5');
    await keeper.round();
    expect(await keeper.alerts()).toEqual([]);
    await keeper.round();
    await keeper.round();
    expect(await keeper.held('BTC')).toEqual(['997.5']);
    expect(await keeper.alerts()).toEqual(['RED BTC -2.5 is booked as external: two reco']);
    keeper.venue.deposit('BTC', '-2.5');
    await keeper.round();
    await keeper.round();
    expect(await keeper.alerts()).toHaveLength(2);
  });

  test('whoever died after the alarm and before the booking raises the same one again', async () => {
    const keeper = await stand();
    keeper.venue.deposit('ETH', '-1');
    await keeper.round();
    const dies = async (entries: Parameters<typeof keeper.tell>[0]) => {
      await keeper.tell(entries);
      throw new Error('killed');
    };
    await expect(keeper.round(dies)).rejects.toThrow('killed');
    expect([await keeper.held('ETH'), (await keeper.alerts()).length]).toEqual([['1000'], 1]);
    await keeper.round();
    expect([await keeper.held('ETH'), (await keeper.alerts()).length]).toEqual([['999'], 1]);
    const [alert] = await keeper.store.alerts({ account });
    expect(alert?.key).toMatch(new RegExp(`^external:${account}:assets:ETH:-1:correction-[0-9a-f]{32}$`));
  });

  test('what comes is YELLOW the first time of its asset, and RED after it', async () => {
    const keeper = await stand();
    const comes = async (asset: string) => {
      keeper.venue.deposit(asset, '7');
      await keeper.round();
      await keeper.round();
      return (await keeper.alerts())[0]?.split(' ').slice(0, 3);
    };
    expect(await comes('USDT')).toEqual(['RED', 'USDT', '7']); // the ledger of this stand began with some
    expect(await comes('BNB')).toEqual(['YELLOW', 'BNB', '7']);
    expect(await comes('BNB')).toEqual(['RED', 'BNB', '7']);
  });
});
