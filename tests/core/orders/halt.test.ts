import { describe, expect, test } from 'vitest';
import { type CancelAllTried, startHalt, stepHalt } from '../../../core/orders/halt.ts';
import { noonMs } from '../../contracts/order-fixtures.ts';

/** The last order can be accepted until noon + 5 s, and be missing from every query for 15 s more. */
const start = startHalt(noonMs + 5_000, 15_000);
const safeMs = noonMs + 20_000;

const tried = (change: Partial<CancelAllTried> = {}): CancelAllTried => ({
  beganMs: safeMs + 1,
  succeeded: true,
  openOrders: 0,
  ...change,
});

describe('a halt cancels until nothing can be left (orders.md 6)', () => {
  test.each<[string, Partial<CancelAllTried>, boolean]>([
    ['one that began after the last deadline + settle time, and left nothing open', {}, true],
    ['one that began at that moment', { beganMs: safeMs }, false],
    ['one that began before it', { beganMs: noonMs }, false],
    ['one that the venue did not take', { succeeded: false }, false],
    ['one after which something is open', { openOrders: 1 }, false],
    ['one after which nobody knows what is open', { openOrders: undefined }, false],
  ])('%s', (_, change, done) => {
    expect(stepHalt(start, tried(change))).toEqual({ safeMs, cancelAlls: 1, done });
  });

  test('it takes as many as it takes, and what is done stays done', () => {
    const after = [tried({ beganMs: noonMs }), tried({ openOrders: 2 }), tried(), tried({ succeeded: false })];
    expect(after.reduce(stepHalt, start)).toEqual({ safeMs, cancelAlls: 4, done: true });
  });
});
