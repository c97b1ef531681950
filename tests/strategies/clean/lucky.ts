import { defineStrategy } from 'nightdesk/strategy';

/** The twin: a coin whose every toss follows from its state. */
export default defineStrategy({
  id: 'STR-910',
  name: 'Counts',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  exits: { maxBars: 24 },
  outputs: ['enterLong'],
  start: () => ({ seed: 1 }),
  next(state) {
    state.seed = (state.seed * 48_271) % 2_147_483_647;
    return { enterLong: state.seed < 21_474_836 };
  },
});
