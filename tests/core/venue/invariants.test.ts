import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { brokenInvariants } from '../../../core/venue/invariants.ts';
import { amendOrder, cancelOrder, placeOrder } from '../../../core/venue/orders.ts';
import { payFunding } from '../../../core/venue/perpetuals.ts';
import { accountOf, marketOf, type VenueState } from '../../../core/venue/state.ts';
import { createPrng } from '../../../core/math/prng.ts';
import { randomRequest, venueWith } from './random-orders.ts';

/** 10,000 orders, amendments and cancels; gives the hash of all events and what was broken, checked at each step. */
function run(state: VenueState, seed: number): { hash: string; broken: string[]; fills: number; events: Set<string> } {
  const prng = createPrng(seed);
  const hash = createHash('sha256');
  const events = new Set<string>();
  let fills = 0;
  state.emit = (event) => {
    events.add(event.type === 'order' ? event.kind : event.type);
    if (event.type === 'trade') fills += 1;
    hash.update(JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)));
  };
  const market = marketOf(state, 'BTCUSDT');
  const broken: string[] = [];
  for (let step = 0; step < 10_000 && broken.length === 0; step += 1) {
    state.nowMs = step;
    const open = [...accountOf(state, ['a', 'b', 'c'][prng.nextBelow(3)] ?? 'a').open.values()];
    const order = open[prng.nextBelow(Math.max(1, open.length))];
    const choice = prng.nextFloat();
    if (order !== undefined && choice < 0.25) cancelOrder(state, order);
    else if (order !== undefined && choice < 0.35) {
      amendOrder(state, order, {
        price: BigInt(1_990_000 + prng.nextBelow(20_000)),
        quantity: order.quantity + BigInt(prng.nextBelow(2_000) - 1_000),
      });
    } else placeOrder(state, randomRequest(prng, market.market.kind === 'perpetual'));
    if (market.lastPrice > 0n) market.markPrice = market.lastPrice;
    if (step % 500 === 0) payFunding(state, market, 10_000n);
    broken.push(...brokenInvariants(state).map((fault) => `step ${step}: ${fault}`));
  }
  return { hash: hash.digest('hex'), broken, fills, events };
}

describe('10,000 random orders', () => {
  test.each([
    ['spot, fee of what is received', {}],
    ['spot, fee in quote', { feeIn: 'quote' as const, makerFeePpm: 1600n, takerFeePpm: 2600n }],
    ['perpetual', { kind: 'perpetual' as const, feeIn: 'quote' as const }],
  ])('%s: value is conserved, the book is never crossed, locks are what orders need', (_, change) => {
    const first = run(venueWith(change), 7);
    expect(first.broken).toEqual([]);
    expect(first.fills).toBeGreaterThan(1_000);
    expect([...first.events].toSorted()).toEqual(
      expect.arrayContaining([
        'amended',
        'balances',
        'canceled',
        'expired',
        'fill',
        'level',
        'new',
        'settled',
        'trade',
      ]),
    );
    expect(run(venueWith(change), 7).hash).toBe(first.hash);
    expect(run(venueWith(change), 8).hash).not.toBe(first.hash);
  });

  test('fills in chunks keep them too', () => {
    const state = venueWith();
    const chunked = { ...state, settings: { ...state.settings, fillChunks: 3 } };
    const { broken, fills } = run(chunked, 7);
    expect(broken).toEqual([]);
    expect(fills).toBeGreaterThan(3_000);
  });
});
