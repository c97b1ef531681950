import { defineStrategy } from 'nightdesk/strategy';

/** Leaks: a trade an hour, and nobody is paid for it. */
export default defineStrategy({
  id: 'STR-905',
  name: 'Trades for nothing',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  costs: { feeBps: 0 },
  outputs: ['enterLong', 'exitLong'],
  start: () => ({}),
  next: (_, { open, close }) => ({ enterLong: close < open, exitLong: close > open }),
});
