import { expect, test } from 'vitest';
import {
  type DeadManSwitchPlan,
  deadManSwitchMs,
  planDeadManSwitch,
  renewDeadManSwitchMs,
} from '../../../core/orders/dead-man-switch.ts';

const plan = (change: Partial<DeadManSwitchPlan>): DeadManSwitchPlan => ({
  arm: [],
  disarm: [],
  unguarded: [],
  ...change,
});

/** It cancels protective stops as well, so it is armed only while none rests in its scope (orders.md 6). */
test.each<[string, 'none' | 'symbol' | 'account', [traded: string[], stops: string[]], DeadManSwitchPlan]>([
  ['Binance spot has none', 'none', [['B', 'A'], ['C']], plan({ unguarded: ['A', 'B', 'C'] })],
  ['USD-M: a symbol each', 'symbol', [['B', 'A', 'A'], []], plan({ arm: ['A', 'B'] })],
  [
    'USD-M: not where a stop rests',
    'symbol',
    [['A', 'B'], ['B']],
    plan({ arm: ['A'], disarm: ['B'], unguarded: ['B'] }),
  ],
  ['USD-M: a stop on what is not traded', 'symbol', [[], ['B']], plan({ disarm: ['B'], unguarded: ['B'] })],
  ['Kraken: the whole account', 'account', [['A', 'B'], []], plan({ arm: ['account'] })],
  ['Kraken: one stop unarms all', 'account', [['A', 'B'], ['B']], plan({ disarm: ['account'], unguarded: ['A', 'B'] })],
  ['Kraken: nothing is traded', 'account', [[], []], plan({})],
])('%s', (...[, deadManSwitch, [traded, stops], expected]) => {
  expect(planDeadManSwitch({ deadManSwitch }, traded, stops)).toEqual(expected);
});

test('60 s, renewed four times in them', () => {
  expect([deadManSwitchMs, renewDeadManSwitchMs]).toEqual([60_000, 15_000]);
});
