import { defineStrategy } from 'nightdesk/strategy';

/** The twin: a day of every month. */
export default defineStrategy({
  id: 'STR-909',
  name: 'Buys in the middle of the month',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  exits: { maxBars: 48 },
  outputs: ['enterLong'],
  start: () => ({}),
  next: (_, { timeMs }) => ({ enterLong: new Date(timeMs).getUTCDate() === 15 }),
});
