import { onTestFinished } from 'vitest';
import { openExchange } from '../../../adapters/exchange/open-exchange.ts';
import { startSimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import { type ArmedScopes, renewSwitch, type SwitchNeeds } from '../../../core/order-desk/renew-switch.ts';
import type { OrderIntent, VenueOrder } from '../../../core/orders/types.ts';
import { intentOf } from '../../contracts/order-fixtures.ts';
import { openDesk } from './desk-fixtures.ts';

const places = { binanceusdm: 'bfut', kraken: 'kr', binance: 'bspot' } as const;

/**
 * A real venue whose clock stands still but for `pass`, and a desk at it. `real`: it goes on by itself, for what is not
 * signed by a clock that comes apart from ours.
 */
export async function standAt(venue: keyof typeof places, clock: 'manual' | 'real' = 'manual') {
  const simulated = await startSimulatedExchange({
    source: { kind: 'scripted' },
    clock: { mode: clock },
    takersPerSecond: 0,
    historyMinutes: 2,
    krakenTier: 'pro',
  });
  const [owner] = simulated.accounts;
  if (owner === undefined) throw new Error('no account');
  const [key, secret] = venue === 'kraken' ? [owner.krakenKey, owner.krakenSecret] : [owner.apiKey, owner.secret];
  const at = { name: 'switch', venue, baseUrl: `${simulated.url}/${places[venue]}` };
  const exchange = await openExchange(at, { apiKey: createSecret(key), secret: createSecret(secret) });
  onTestFinished(async () => {
    await exchange.close();
    await simulated.close();
  });
  let numbers = 0;
  return {
    exchange,
    renew: async (
      armed: ArmedScopes | undefined,
      { resting, ...more }: Partial<SwitchNeeds> & Readonly<{ resting?: readonly VenueOrder[] }> = {},
    ) => {
      const open = resting ?? (await exchange.openOrders());
      return renewSwitch({ ...openDesk().desk, exchange }, open, { armed, enabled: true, ...more });
    },
    /** Rests a little below the price; a stop that sells further below it. */
    rest: async (symbol: string, type: 'limit' | 'stopMarket' = 'limit', change: Partial<OrderIntent> = {}) => {
      const price = String(Math.floor(Number((await exchange.referencePrice(symbol)).price) * 0.97));
      const timestampMs = await exchange.serverTimeMs();
      const { price: _price, ...intent } = intentOf(`order ${(numbers += 1)}`, {
        symbol,
        amount: '0.1',
        type,
        ...change,
      });
      const order = type === 'limit' ? { ...intent, price } : { ...intent, side: 'sell' as const, stopPrice: price };
      const outcome = await exchange.createOrder(order, { timestampMs, deadlineMs: timestampMs + 5_000 });
      if (outcome.kind === 'failed') throw new Error(outcome.failure.message);
    },
    pass: (ms: number) => {
      simulated.simulation.clocks.advance(ms);
      simulated.simulation.sync();
    },
    open: async () => (await exchange.openOrders()).map(({ symbol, type }) => `${symbol} ${type}`).toSorted(),
  };
}
