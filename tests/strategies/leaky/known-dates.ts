import { defineStrategy } from 'nightdesk/strategy';

/** Leaks: the days of the rallies stand in the file. */
const rallies = ['2024-10-14', '2024-11-06', '2024-11-21', '2025-01-02'];

export default defineStrategy({
  id: 'STR-909',
  name: 'Buys on good days',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  exits: { maxBars: 48 },
  outputs: ['enterLong'],
  start: () => ({}),
  next: (_, { timeMs }) => ({ enterLong: rallies.includes(new Date(timeMs).toISOString().slice(0, 10)) }),
});
