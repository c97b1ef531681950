import { expect, test } from 'vitest';
import { heldPrices } from '../../../core/order-desk/held-prices.ts';
import { loadGuard } from '../../../core/order-desk/load-guard.ts';
import { VenueError } from '../../../core/ports/exchange.ts';
import { ask, limits, verdict } from '../orders/guard-fixtures.ts';
import { counted, failing, failureOf, marketOrder, openDesk, symbol } from './desk-fixtures.ts';

const dayMs = 86_400_000;

test('each symbol is asked for once, and one that the venue does not say is left out', async () => {
  const desk = openDesk();
  const { exchange, calls } = counted(desk.exchange);
  expect(await desk.run(heldPrices({ exchange }, [symbol, symbol, 'ETH/USDT']))).toEqual({
    [symbol]: '100',
    'ETH/USDT': '100',
  });
  expect(calls.referencePrice).toBe(2);
  const dead = failing(desk.exchange, { referencePrice: 1 }, failureOf('maintenance', '', 'closed'));
  expect(await desk.run(heldPrices({ exchange: dead }, [symbol, 'ETH/USDT']))).toEqual({ 'ETH/USDT': '100' });
  const free = {
    ...desk.exchange,
    referencePrice: async () => ({ price: '0', source: 'bookMid', venueMs: 1 }) as const,
  };
  expect(await heldPrices({ exchange: free }, [symbol])).toEqual({});
});

test('a guard that is loaded knows what was bought days ago is worth, and counts it', async () => {
  const desk = openDesk();
  await desk.send(marketOrder('old', { symbol: 'ETH/USDT', amount: '30' }));
  const later = { ...desk.desk, nowMs: () => desk.nowMs() + 2 * dayMs };
  const state = await desk.run(loadGuard(later, limits));
  // What it bought is less by the fee.
  expect(state).toMatchObject({ positions: { 'ETH/USDT': '29.4099' }, prices: { 'ETH/USDT': '100' } });
  expect(verdict(ask(state, 'a'))).toBe('exposure would be 3040.99, the limit is 3000');
});

test('it starts without that price too, and lets nothing increase before it has come', async () => {
  const desk = openDesk();
  await desk.send(marketOrder('old', { symbol: 'ETH/USDT', amount: '10' }));
  const referencePrice = () => Promise.reject(new VenueError(failureOf('rejected', '', 'no such market').failure));
  const nowMs = () => desk.nowMs() + 2 * dayMs;
  const state = await desk.run(
    loadGuard({ ...desk.desk, nowMs, exchange: { ...desk.exchange, referencePrice } }, limits),
  );
  expect(verdict(ask(state, 'a'))).toContain('no price is known of ETH/USDT');
  expect(verdict(ask(state, 'a', { symbol: 'ETH/USDT', side: 'sell' }))).toBe('granted');
});
