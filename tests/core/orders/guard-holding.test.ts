import { describe, expect, test } from 'vitest';
import { ask, end, guardOf, verdict } from './guard-fixtures.ts';

describe('one asset in several quotes is one holding on spot', () => {
  const held = guardOf({ positions: { 'BTC/USDT': '3' }, prices: { 'BTC/USDT': '100' } });

  test('what was bought for USDT may be sold for USD while REDUCING, and not twice', () => {
    const reducing = { ...held, mode: 'REDUCING' } as const;
    const first = ask(reducing, 'a', { symbol: 'BTC/USD', side: 'sell', amount: '2' });
    expect(first.decision).toMatchObject({ kind: 'granted', reduces: true });
    expect(verdict(ask(first.state, 'b', { symbol: 'BTC/USDT', side: 'sell', amount: '2' }))).toContain('REDUCING');
    const ended = end(first.state, 'a', '2');
    expect(ended.positions).toEqual({ 'BTC/USDT': '3', 'BTC/USD': '-2' });
    expect(verdict(ask(ended, 'c', { symbol: 'BTC/USD', side: 'sell', amount: '1.1' }))).toContain('REDUCING');
    expect(verdict(ask(ended, 'd', { symbol: 'BTC/USDT', side: 'sell', amount: '1' }))).toBe('granted');
    // Buying back what was sold there makes the holding larger.
    expect(verdict(ask(ended, 'e', { symbol: 'BTC/USD', side: 'buy' }))).toContain('REDUCING');
  });

  test('its position and its exposure count once, at the dearest of its prices', () => {
    const state = guardOf({ positions: { 'BTC/USDT': '12', 'BTC/USD': '-2' }, prices: { 'BTC/USDT': '100' } });
    expect(verdict(ask(state, 'a', { symbol: 'BTC/USD', amount: '9' }))).toBe('granted');
    expect(verdict(ask(state, 'a', { symbol: 'BTC/USDT', amount: '10', price: '99' }))).toBe('granted');
    expect(verdict(ask(state, 'a', { symbol: 'BTC/EUR', amount: '9', price: '110' }))).toBe(
      'position in BTC/EUR would be 2090, the limit is 2000',
    );
    expect(verdict(ask(state, 'a', { symbol: 'ETH/USDT', amount: '10' }))).toBe('granted');
    // A price of a market that nothing is held in any more may be of long ago.
    const old = { ...state, prices: { ...state.prices, 'BTC/EUR': '500' } };
    expect(verdict(ask(old, 'a', { symbol: 'ETH/USDT', amount: '10' }))).toBe('granted');
  });

  test('a perpetual is a position of its own', () => {
    const perpetual = { symbol: 'BTC/USDT:USDT', side: 'sell', reduceOnly: true } as const;
    expect(verdict(ask(held, 'a', perpetual))).toContain('reduce only');
  });
});
