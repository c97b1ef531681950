import { defineStrategy } from 'nightdesk/strategy';

/** The twin: what it remembers is its state, which each run begins anew. */
export default defineStrategy({
  id: 'STR-908',
  name: 'Remembers this run',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  outputs: ['enterLong', 'exitLong'],
  start: () => ({ closes: [] as number[] }),
  next({ closes }, { close }) {
    closes.push(close);
    const before = closes.at(-2) ?? close;
    return { enterLong: close > before, exitLong: close < before };
  },
});
