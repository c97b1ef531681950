import { defineStrategy } from 'nightdesk/strategy';

/** The twin: it buys when the low has been confirmed. */
/** Bars on each side that are higher than a pivot. */
const side = 3;

export default defineStrategy({
  id: 'STR-907',
  name: 'Buys after lows',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  exits: { maxBars: 12 },
  outputs: ['enterLong'],
  start: () => ({ lows: [] as number[] }),
  next(state, { low }) {
    state.lows.push(low);
    if (state.lows.length > 2 * side + 1) state.lows.shift();
    const isPivot = state.lows.length === 2 * side + 1 && Math.min(...state.lows) === state.lows[side];
    return { enterLong: isPivot };
  },
  evaluate({ low }) {
    const isPivot = Array.from(low, (_, bar) => {
      const around = low.subarray(Math.max(0, bar - 2 * side), bar + 1);
      return around.length === 2 * side + 1 && Math.min(...around) === around[side];
    });
    return { enterLong: isPivot };
  },
});
