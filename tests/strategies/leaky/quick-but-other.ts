import { defineStrategy } from 'nightdesk/strategy';

/** Leaks: the backtest takes the quick way, which counts the bar itself into its mean; trading cannot. */
export default defineStrategy({
  id: 'STR-911',
  name: 'Two ways',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  outputs: ['enterLong', 'exitLong'],
  start: () => ({ mean: 0 }),
  next(state, { close }) {
    const { mean } = state;
    state.mean += (close - mean) / 24;
    return { enterLong: mean > 0 && close > mean * 1.01, exitLong: close < mean };
  },
  evaluate({ close }) {
    let mean = 0;
    const means = Array.from(close, (value) => (mean += (value - mean) / 24));
    return {
      enterLong: means.map((level, bar) => close[bar] > level * 1.01),
      exitLong: means.map((level, bar) => close[bar] < level),
    };
  },
});
