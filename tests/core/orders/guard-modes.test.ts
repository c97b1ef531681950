import { describe, expect, test } from 'vitest';
import { stepGuard } from '../../../core/orders/guard.ts';
import { symbol, noonMs } from '../../contracts/order-fixtures.ts';
import { after, ask, guardOf, told, verdict } from './guard-fixtures.ts';

describe('modes', () => {
  const halt = { type: 'setMode', mode: 'HALTED', reason: 'a test', person: false, venueMs: noonMs } as const;

  test('HALTED refuses all, an id that holds a reservation too', () => {
    const step = stepGuard(after('a'), halt);
    expect(step.haltNow).toBe(true);
    expect(verdict(ask(step.state, 'a'))).toBe('HALTED: a test');
    expect(verdict(ask(step.state, 'b'))).toBe('HALTED: a test');
  });

  test.each([
    ['nobody', { person: false, reason: 'go on' }, 'HALTED'],
    ['a person without a reason', { person: true, reason: '  ' }, 'HALTED'],
    ['a person with a reason', { person: true, reason: 'looked at it' }, 'ACTIVE'],
  ])('HALTED, ended by %s', (_, why, mode) => {
    const halted = told(guardOf(), halt);
    expect(told(halted, { type: 'setMode', mode: 'ACTIVE', venueMs: noonMs, ...why }).mode).toBe(mode);
    expect(told(halted, { type: 'setMode', mode: 'REDUCING', venueMs: noonMs, ...why }).mode).not.toBe(
      mode === 'HALTED' ? 'REDUCING' : 'HALTED',
    );
  });

  test('the store’s word counts where it is the newest; a newer halt begins anew', () => {
    const set = (mode: 'ACTIVE' | 'HALTED', changedMs: number) =>
      ({ type: 'setMode', mode, reason: 'x', person: true, venueMs: 0, changedMs }) as const;
    const halted = stepGuard(guardOf(), set('HALTED', 20));
    expect(halted).toMatchObject({ state: { mode: 'HALTED', modeChangedMs: 20 }, haltNow: true });
    expect(stepGuard(halted.state, set('ACTIVE', 19))).toEqual({ state: halted.state });
    expect(stepGuard(halted.state, set('HALTED', 22))).toMatchObject({ state: { modeChangedMs: 22 }, haltNow: true });
    expect(told(halted.state, set('ACTIVE', 20)).mode).toBe('ACTIVE');
  });

  test('what was set here and is in the store now changes nothing, but where somebody set something else between', () => {
    const stored = { type: 'modeStored', mode: 'HALTED', reason: 'a test', changedMs: 20 } as const;
    const halted = told(guardOf({ modeChangedMs: 10 }), halt);
    expect(stepGuard(halted, stored)).toEqual({ state: { ...halted, modeChangedMs: 20 } });
    expect(stepGuard(halted, { ...stored, changedMs: undefined })).toEqual({ state: halted });
    const resumed = told(halted, { ...halt, mode: 'ACTIVE', person: true, changedMs: 15 });
    expect(stepGuard(resumed, stored)).toMatchObject({ state: { mode: 'HALTED', modeChangedMs: 20 }, haltNow: true });
    const later = told(resumed, { ...halt, mode: 'ACTIVE', person: true, changedMs: 30 });
    expect(stepGuard(later, stored)).toEqual({ state: later });
  });

  test('only HALTED cancels, and again each time that it is said', () => {
    const halted = stepGuard(guardOf(), halt).state;
    expect(stepGuard(halted, { ...halt, reason: 'another' })).toMatchObject({
      state: { mode: 'HALTED', reason: 'another' },
      haltNow: true,
    });
    for (const mode of ['ACTIVE', 'REDUCING'] as const) {
      expect(stepGuard(halted, { ...halt, mode, person: true })).not.toHaveProperty('haltNow');
    }
  });

  test('several symbols may be halted, each for its own reason', () => {
    const state = told(
      guardOf(),
      { type: 'haltSymbol', symbol, reason: 'odd' },
      { type: 'haltSymbol', symbol: 'ETH/USDT', reason: 'stale' },
    );
    expect(verdict(ask(state, 'a'))).toBe(`${symbol} is halted: odd`);
    expect(verdict(ask(state, 'b', { symbol: 'ETH/USDT' }))).toBe('ETH/USDT is halted: stale');
    const resumed = told(state, { type: 'resumeSymbol', symbol, person: true });
    expect(verdict(ask(resumed, 'a'))).toBe('granted');
    expect(verdict(ask(resumed, 'b', { symbol: 'ETH/USDT' }))).toBe('ETH/USDT is halted: stale');
  });

  test('REDUCING lets through what reduces, all reducers under way counted', () => {
    const state = told(guardOf({ positions: { [symbol]: '3' } }), {
      ...halt,
      mode: 'REDUCING',
    });
    const first = ask(state, 'a', { side: 'sell', amount: '2' });
    expect(first.decision).toMatchObject({ kind: 'granted', reduces: true });
    expect(verdict(ask(first.state, 'b', { side: 'sell', amount: '2' }))).toBe(
      'REDUCING: a test; the order would increase exposure',
    );
    expect(verdict(ask(first.state, 'b', { side: 'sell', amount: '1' }))).toBe('granted');
    expect(verdict(ask(first.state, 'c'))).toContain('REDUCING');
    expect(verdict(ask(first.state, 'a', { side: 'sell', amount: '2' }))).toBe('granted');
  });

  test('a halted symbol is refused until a person resumes it; the first reason stays', () => {
    const halted = told(
      guardOf(),
      { type: 'haltSymbol', symbol, reason: 'doubled' },
      { type: 'haltSymbol', symbol, reason: 'again' },
    );
    expect(halted.haltedSymbols).toEqual([{ symbol, reason: 'doubled' }]);
    expect(verdict(ask(halted, 'a'))).toBe(`${symbol} is halted: doubled`);
    expect(verdict(ask(halted, 'a', { symbol: 'ETH/USDT' }))).toBe('granted');
    expect(told(halted, { type: 'resumeSymbol', symbol, person: false })).toEqual(halted);
    expect(verdict(ask(told(halted, { type: 'resumeSymbol', symbol, person: true }), 'a'))).toBe('granted');
  });
});
