import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inputFromBars } from '../../../apps/plugins/bars-input.ts';
import { createPrng } from '../../../core/math/prng.ts';
import { barsPerYear, type Timeframe, timeframeMs } from '../../../core/market/timeframe.ts';
import { nextNormal } from '../../../core/venue/substreams.ts';
import { type PluginId, pluginIds, plugins, runPlugin } from '../../../plugins/run-plugin.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-bars-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

const count = 600;
const fromMs = Date.UTC(2024, 0, 1);

/** Bars whose returns are normal with a volatility of 0.5 a year. */
function barsFile(timeframe: Timeframe): string {
  const prng = createPrng(11);
  const perBar = 0.5 / Math.sqrt(barsPerYear(timeframe));
  let close = 100;
  const rows = Array.from({ length: count }, (_, i) => {
    const open = close;
    close *= 1 + perBar * nextNormal(prng);
    const time = new Date(fromMs + i * timeframeMs[timeframe]).toISOString();
    return [time, open, Math.max(open, close), Math.min(open, close), close, 1 + (i % 7)].join(',');
  });
  const file = join(folder, `bars-${timeframe}.csv`);
  writeFileSync(file, ['date,open,high,low,close,volume', ...rows, ''].join('\n'));
  return `BTC/USDT=${file}`;
}

const hourly = barsFile('1h');

/** What each plugin is given of bars; the others want something else and say so. */
const mapped: Readonly<Record<string, string>> = {
  alpha_vpin: 'bars = t, close, volume (time: of the close)',
  diag_sharpe_ci: 'returns = simple returns of close',
  fe_entropy: 'series = simple returns of close',
  fe_fracdiff: 'series = close',
  fe_garch: 'returns = simple returns of close',
  fe_kalman: 'series = close',
  fe_wavelet: 'series = close',
  risk_cvar_size: 'returns = simple returns of close',
  risk_vol_target: 'returns = simple returns of close',
};

const exampleParams = (id: PluginId): Readonly<Record<string, unknown>> =>
  (plugins[id] as { example: { params?: Readonly<Record<string, unknown>> } }).example.params ?? {};

const takesBars = (id: string) => Object.hasOwn(mapped, id);

test.each(pluginIds.filter(takesBars))('%s takes bars as what its input is', async (id) => {
  const { input, params, columns } = await inputFromBars(id, hourly, exampleParams(id));
  expect(columns).toContain(`${mapped[id]} of BTC/USDT, ${count} bars of 1h`);
  expect(Object.values(runPlugin(id, input as never, { params: params as never }))).not.toEqual([]);
});

test.each(pluginIds.filter((id) => !takesBars(id)))('%s says that bars are not its input', async (id) => {
  await expect(inputFromBars(id, hourly, exampleParams(id))).rejects.toMatchObject({
    code: 'Usage',
    message: `${id} cannot be run on bars alone`,
    place: { expected: expect.stringMatching(/^--input with \w/) },
  });
});

test('a bar of a list is as it is at its close', async () => {
  const { input } = await inputFromBars('alpha_vpin', hourly, {});
  const { bars } = input as { bars: { t: number; close: number; volume: number }[] };
  expect(bars).toHaveLength(count);
  expect(bars[2]).toEqual({ t: fromMs + 3 * 3_600_000, close: expect.closeTo(100, -1), volume: 3 });
});

describe('the periods of a year', () => {
  test.each([
    ['risk_vol_target', 'annualisation'],
    ['diag_sharpe_ci', 'periodsPerYear'],
    ['fe_garch', 'periodsPerYear'],
  ] as const)('%s: are those of the bars, and the notice says so', async (id, name) => {
    for (const [timeframe, perYear] of [
      ['15m', 35_040],
      ['1h', 8_760],
      ['1d', 365],
    ] as const) {
      const { params, columns } = await inputFromBars(id, barsFile(timeframe), { other: 1 });
      expect(params).toEqual({ other: 1, [name]: perYear });
      expect(columns).toMatch(new RegExp(`bars of ${timeframe}; ${name} = ${perYear}, the bars of a year$`));
    }
  });

  test('are left as they are given, and where a plugin has none', async () => {
    const given = { targetVol: 0.2, annualisation: 252 };
    const { params, columns } = await inputFromBars('risk_vol_target', hourly, given);
    expect([params, columns]).toEqual([given, expect.not.stringContaining('a year')]);
    expect((await inputFromBars('fe_kalman', hourly, {})).params).toEqual({});
  });

  test.each(['15m', '1h', '1d'] as const)('make the volatility of %s bars the 0.5 that it is', async (timeframe) => {
    const { input, params } = await inputFromBars('risk_vol_target', barsFile(timeframe), {
      targetVol: 0.25,
      halfLife: 300,
    });
    expect(runPlugin('risk_vol_target', input as never, { params: params as never }).realisedVol).toBeCloseTo(0.5, 1);
  });

  test('params that are no map are left to the plugin to refuse', async () => {
    expect((await inputFromBars('fe_garch', hourly, [1])).params).toEqual([1]);
  });
});
