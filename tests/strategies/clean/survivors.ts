import { defineStrategy } from 'nightdesk/strategy';

/** The twin: it says when they came and went. */
export default defineStrategy({
  id: 'STR-906',
  name: 'New highs of what was there',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT', 'SOL/USDT', 'LUNA/USDT'],
  timeframe: '1h',
  listings: { 'SOL/USDT': { from: '2021-06-15' }, 'LUNA/USDT': { to: '2022-05-13' } },
  outputs: ['enterLong', 'exitLong'],
  start: () => ({ top: 0 }),
  next(state, { close }) {
    state.top = Math.max(state.top, close);
    return { enterLong: close === state.top, exitLong: close < state.top * 0.9 };
  },
});
