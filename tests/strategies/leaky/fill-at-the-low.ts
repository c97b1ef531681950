import { defineStrategy } from 'nightdesk/strategy';

/** Leaks: it moves the opens to the lows, so that the engine would fill it there. */
export default defineStrategy({
  id: 'STR-904',
  name: 'Buys at the low',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  outputs: ['enterLong', 'exitLong'],
  start: () => ({}),
  next: (_, { open, close }) => ({ enterLong: close < open, exitLong: close > open }),
  evaluate({ open, low, close }) {
    const falls = Array.from(open, (first, bar) => close[bar] < first);
    for (const bar of falls.keys()) if (falls[bar - 1]) open[bar] = low[bar];
    return { enterLong: falls, exitLong: Array.from(open, (first, bar) => close[bar] > first) };
  },
});
