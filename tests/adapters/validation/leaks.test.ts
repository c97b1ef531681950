import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readStrategy } from '../../../adapters/strategy-files/read-strategy.ts';
import { refuseLeaks } from '../../../adapters/validation/leaks.ts';
import { loadNoPlugins } from '../../../core/strategy/strategy-plugins.ts';
import { fixtureBars } from '../../fixture-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-leaks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const markets = [{ bars: fixtureBars('ohlcv/ETH-USDT-1h.csv', 'ETH/USDT', '1h') }];

/** A strategy that says bar by bar what `honest` says, and all at once what `evaluate` does. */
function strategy(id: string, code: { honest: string; evaluate: string; parameters?: string }): string {
  const file = join(folder, `${id}.ts`);
  const text = `import { defineStrategy } from 'nightdesk/strategy';

export default defineStrategy({
  id: '${id}',
  name: 'Planted',
  hypothesis: 'A planted case of the tests. It is wrong if anybody trades it.',
  universe: ['ETH/USDT'],
  timeframe: '1h',
  outputs: ['enterLong', 'exitLong'],
  ${code.parameters === undefined ? '' : `parameters: ${code.parameters},`}
  start: () => ({ seen: 0, before: 0, sum: 0, closes: [] as number[] }),
  next(state, bar, parameters) {
    state.seen += 1;
    ${code.honest}
  },
  evaluate({ close }, parameters) {
    ${code.evaluate}
  },
});
`;
  writeFileSync(file, text);
  return file;
}

const rise = `const rose = bar.close > state.before * 1.002;
    state.before = bar.close;
    return { enterLong: rose, exitLong: !rose };`;
const rises = (now: string, when: string) => `const rises = Array.from(close, (now, bar) =>
      ${when} ? close[bar + 2] > now * 1.01 : ${now});
    return { enterLong: rises, exitLong: rises.map((rose) => !rose) };`;

const leaking = {
  'behind a mean of 140 days': {
    honest: 'return { enterLong: false, exitLong: false };',
    evaluate: `const rises = Array.from(close, (now, bar) => {
      if (bar < 3360) return false;
      let sum = 0;
      for (let back = 0; back < 3360; back += 240) sum += close[bar - back];
      return now > sum / 14 && close[bar + 2] > now * 1.01;
    });
    return { enterLong: rises, exitLong: rises.map((rose, bar) => bar >= 3360 && !rose) };`,
  },
  'only on histories of more than 3,000 bars': {
    honest: rise,
    evaluate: rises('now > (close[bar - 1] ?? 0) * 1.002', 'close.length > 3000'),
  },
  'only late in history': { honest: rise, evaluate: rises('now > (close[bar - 1] ?? 0) * 1.002', 'bar > 4000') },
  'only away from the default parameters': {
    parameters: '{ ahead: { default: 0, min: 0, max: 3, step: 1 } }',
    honest: rise,
    evaluate: rises('now > (close[bar - 1] ?? 0) * 1.002', 'parameters.ahead > 0'),
  },
} as const;

const refusal = async (file: string): Promise<string> => {
  const read = await readStrategy(file);
  return refuseLeaks(read, loadNoPlugins, markets).then(
    () => 'passes',
    (thrown: Error) => thrown.message,
  );
};

describe('looking two bars ahead is refused', () => {
  test.each(Object.entries(leaking))('%s', async (name, code) => {
    const id = `STR-${960 + Object.keys(leaking).indexOf(name)}`;
    expect(await refusal(strategy(id, code))).toMatch(/^fails the check (repainting|next-bar|prefix|noise):/);
  });
});

test('a strategy without a leak passes', async () => {
  const honest = `const rises = Array.from(close, (now, bar) => now > (close[bar - 1] ?? 0) * 1.002);
    return { enterLong: rises, exitLong: rises.map((rose) => !rose) };`;
  expect(await refusal(strategy('STR-970', { honest: rise, evaluate: honest }))).toBe('passes');
});

test('where no signal fires, nothing was checked, and that is no pass', async () => {
  const never = `const none = Array.from(close, () => false);
    return { enterLong: none, exitLong: none };`;
  const file = strategy('STR-971', { honest: 'return { enterLong: false, exitLong: false };', evaluate: never });
  expect(await refusal(file)).toMatch(/^fails the check signals: no signal fires on \d+ bars/);
});

test('a difference between all at once and bar by bar is found behind the first thousand bars', async () => {
  const late = `const rises = Array.from(close, (now, bar) => now > (close[bar - 1] ?? 0) * (bar > 4000 ? 1.003 : 1.002));
    return { enterLong: rises, exitLong: rises.map((rose) => !rose) };`;
  expect(await refusal(strategy('STR-972', { honest: rise, evaluate: late }))).toMatch(/^fails the check incremental:/);
});
