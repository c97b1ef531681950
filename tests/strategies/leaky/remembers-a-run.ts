import { defineStrategy } from 'nightdesk/strategy';

/** Leaks: what one run has seen stands in a variable of the file, and the next run knows it. */
const closes = new Map<number, number>();

export default defineStrategy({
  id: 'STR-908',
  name: 'Has been here before',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  outputs: ['enterLong', 'exitLong'],
  start: () => ({}),
  next(_, { timeMs, close }) {
    closes.set(timeMs, close);
    const later = closes.get(timeMs + 3_600_000) ?? close;
    return { enterLong: later > close, exitLong: later < close };
  },
});
