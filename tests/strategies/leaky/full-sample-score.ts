import { defineStrategy } from 'nightdesk/strategy';

/** Leaks: the mean and deviation of the score are those of all of history, its end included. */
export default defineStrategy({
  id: 'STR-902',
  name: 'Low against all of history',
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
  evaluate({ close }) {
    const mean = close.reduce((sum, value) => sum + value, 0) / close.length;
    const variance = close.reduce((sum, value) => sum + (value - mean) ** 2, 0) / close.length;
    const scores = Array.from(close, (value) => (value - mean) / Math.sqrt(variance));
    return {
      enterLong: scores.map((score) => score < -1),
      exitLong: scores.map((score) => score > 0),
      forecast: scores.map((score) => -score),
    };
  },
});
