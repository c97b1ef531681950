import { defineStrategy } from 'nightdesk/strategy';

/** The twin: both ways say the same. */
export default defineStrategy({
  id: 'STR-911',
  name: 'One way',
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
    let next = 0;
    const means = Array.from(close, (value) => {
      const mean = next;
      next += (value - mean) / 24;
      return mean;
    });
    return {
      enterLong: means.map((mean, bar) => mean > 0 && close[bar] > mean * 1.01),
      exitLong: means.map((mean, bar) => close[bar] < mean),
    };
  },
});
