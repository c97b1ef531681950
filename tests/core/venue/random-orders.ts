import type { Prng } from '../../../core/math/prng.ts';
import { decimal } from '../../../core/venue/decimal.ts';
import type { VenueMarket } from '../../../core/venue/market.ts';
import type { OrderRequest } from '../../../core/venue/order.ts';
import { addAccount, createVenue, deposit, type VenueState } from '../../../core/venue/state.ts';

/** BTC/USDT with cents and 1e-5 lots, fee of 0.1 %. */
export const market = (change: Partial<VenueMarket> = {}): VenueMarket => ({
  id: 'BTCUSDT',
  kind: 'spot',
  base: 'BTC',
  quote: 'USDT',
  priceDecimals: 2,
  quantityDecimals: 5,
  tick: 1n,
  lot: 1n,
  minPrice: 1n,
  maxPrice: 10n ** 9n,
  minQuantity: 1n,
  maxQuantity: 10n ** 9n,
  maxMarketQuantity: 10n ** 8n,
  minNotional: decimal('5', 7),
  makerFeePpm: 1000n,
  takerFeePpm: 1000n,
  feeIn: 'received',
  ...change,
});

export function venueWith(change: Partial<VenueMarket> = {}, accounts = ['a', 'b', 'c']): VenueState {
  const state = createVenue({
    markets: [market(change)],
    assets: [
      { id: 'BTC', decimals: 8 },
      { id: 'USDT', decimals: 8 },
    ],
    selfTrade: 'expireMaker',
    firstOrderId: 1,
    firstTradeId: 1,
    firstUpdateId: 1,
  });
  for (const account of accounts) {
    addAccount(state, account);
    deposit(state, { account, asset: 'USDT', amount: decimal('100000', 8) });
    if (market(change).kind === 'spot') deposit(state, { account, asset: 'BTC', amount: decimal('5', 8) });
  }
  return state;
}

/** An order of one of three accounts around 20,000, of any type. */
export function randomRequest(prng: Prng, perpetual: boolean): OrderRequest {
  const side = prng.nextFloat() < 0.5 ? 'buy' : 'sell';
  const kind = prng.nextBelow(10);
  const price = BigInt(1_990_000 + prng.nextBelow(20_000));
  const quantity = BigInt(1 + prng.nextBelow(40_000));
  const base = { account: ['a', 'b', 'c'][prng.nextBelow(3)] ?? 'a', market: 'BTCUSDT', side } as const;
  if (kind === 0) return { ...base, type: 'market', quantity };
  if (kind === 1) return { ...base, type: 'market', quoteQuantity: price * quantity };
  if (kind === 2) return { ...base, type: 'limit', price, quantity, timeInForce: 'IOC' };
  if (kind === 3) return { ...base, type: 'limit', price, quantity, timeInForce: 'FOK' };
  if (kind === 4) return { ...base, type: 'limit', price, quantity, postOnly: true };
  if (kind === 5)
    return { ...base, type: 'limit', price, quantity, stop: { price: price + 500n, rises: side === 'buy' } };
  if (kind === 6 && perpetual) return { ...base, type: 'limit', price, quantity, reduceOnly: true };
  return { ...base, type: 'limit', price, quantity };
}
