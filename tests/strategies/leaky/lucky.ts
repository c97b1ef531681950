import { defineStrategy } from 'nightdesk/strategy';

/** Leaks: the luck of one run: nobody gets these trades a second time. */
export default defineStrategy({
  id: 'STR-910',
  name: 'Tosses a coin',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  exits: { maxBars: 24 },
  outputs: ['enterLong'],
  start: () => ({}),
  next: () => ({ enterLong: Math.random() < 0.01 }),
});
