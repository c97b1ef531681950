import { defineStrategy } from 'nightdesk/strategy';

/** The twin: it is filled where the engine fills everybody. */
export default defineStrategy({
  id: 'STR-904',
  name: 'Buys after a fall',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  outputs: ['enterLong', 'exitLong'],
  start: () => ({}),
  next: (_, { open, close }) => ({ enterLong: close < open, exitLong: close > open }),
  evaluate: ({ open, close }) => ({
    enterLong: Array.from(open, (first, bar) => close[bar] < first),
    exitLong: Array.from(open, (first, bar) => close[bar] > first),
  }),
});
