import { defineStrategy } from 'nightdesk/strategy';

/** The twin: the mean and deviation are those of what has been. */
export default defineStrategy({
  id: 'STR-902',
  name: 'Low against what has been',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  outputs: ['enterLong', 'exitLong', 'forecast'],
  start: () => ({ count: 0, mean: 0, squares: 0 }),
  next(state, { close }) {
    state.count += 1;
    const off = close - state.mean;
    state.mean += off / state.count;
    state.squares += off * (close - state.mean);
    const score = off / (Math.sqrt(state.squares / state.count) || 1);
    return { enterLong: score < -1, exitLong: score > 0, forecast: -score };
  },
});
