import { defineStrategy } from 'nightdesk/strategy';

/** Leaks: it trades the first two thirds of what it is given: who cut the history knew why. */
export default defineStrategy({
  id: 'STR-912',
  name: 'Stops in time',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  exits: { maxBars: 24 },
  outputs: ['enterLong'],
  start: () => ({}),
  next: (_, { open, close }) => ({ enterLong: close > open }),
  evaluate: ({ open, close }) => ({
    enterLong: Array.from(open, (first, bar) => close[bar] > first && bar < (open.length * 2) / 3),
  }),
});
