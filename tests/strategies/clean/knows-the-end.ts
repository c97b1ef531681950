import { defineStrategy } from 'nightdesk/strategy';

/** The twin: it trades on. */
export default defineStrategy({
  id: 'STR-912',
  name: 'Goes on',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  exits: { maxBars: 24 },
  outputs: ['enterLong'],
  start: () => ({}),
  next: (_, { open, close }) => ({ enterLong: close > open }),
  evaluate: ({ open, close }) => ({ enterLong: Array.from(open, (first, bar) => close[bar] > first) }),
});
