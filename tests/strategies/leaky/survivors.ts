import { defineStrategy } from 'nightdesk/strategy';

/** Leaks: the universe holds a market that came later, and one that is gone, as if that had been known. */
export default defineStrategy({
  id: 'STR-906',
  name: 'New highs of what is known today',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT', 'SOL/USDT', 'LUNA/USDT'],
  timeframe: '1h',
  outputs: ['enterLong', 'exitLong'],
  start: () => ({ top: 0 }),
  next(state, { close }) {
    state.top = Math.max(state.top, close);
    return { enterLong: close === state.top, exitLong: close < state.top * 0.9 };
  },
});
