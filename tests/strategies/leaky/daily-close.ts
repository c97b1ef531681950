import { defineStrategy } from 'nightdesk/strategy';

/** Leaks: the close of the day is looked up by the day, hours before that close. */
const dayMs = 86_400_000;

export default defineStrategy({
  id: 'STR-903',
  name: 'Below the close of the day',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  outputs: ['enterLong', 'exitLong'],
  start: () => ({ day: -1, dayClose: 0, lastClose: 0 }),
  next(state, { timeMs, close }) {
    const day = Math.floor(timeMs / dayMs);
    if (day !== state.day) state.dayClose = state.lastClose;
    state.day = day;
    state.lastClose = close;
    return { enterLong: state.dayClose > 0 && close > state.dayClose * 1.01, exitLong: close < state.dayClose };
  },
  evaluate({ timeMs, close }) {
    const closes = new Map<number, number>();
    for (const [bar, time] of timeMs.entries()) closes.set(Math.floor(time / dayMs), close[bar]);
    const dayClose = Array.from(timeMs, (time) => closes.get(Math.floor(time / dayMs)) ?? 0);
    return {
      enterLong: dayClose.map((last, bar) => last > close[bar] * 1.01),
      exitLong: dayClose.map((last, bar) => last < close[bar]),
    };
  },
});
