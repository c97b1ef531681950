import { defineStrategy } from 'nightdesk/strategy';

/** Leaks: column i is compared with column i + 1, so it buys before the close that it waits for. */
export default defineStrategy({
  id: 'STR-901',
  name: 'Buys before the rise',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  outputs: ['enterLong', 'exitLong'],
  start: () => ({ before: 0 }),
  next(state, bar) {
    const rose = bar.close > state.before * 1.002;
    state.before = bar.close;
    return { enterLong: rose, exitLong: !rose };
  },
  evaluate({ close }) {
    const rises = Array.from(close, (now, bar) => close[bar + 1] > now * 1.002);
    return { enterLong: rises, exitLong: rises.map((rise) => !rise) };
  },
});
