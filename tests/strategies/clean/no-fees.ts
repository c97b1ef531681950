import { defineStrategy } from 'nightdesk/strategy';

/** The twin: it pays what a taker pays. */
export default defineStrategy({
  id: 'STR-905',
  name: 'Pays for its trades',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  costs: { feeBps: 5, slippageBps: 2 },
  outputs: ['enterLong', 'exitLong'],
  start: () => ({}),
  next: (_, { open, close }) => ({ enterLong: close < open, exitLong: close > open }),
});
