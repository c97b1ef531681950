import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadMarkets } from '../../../adapters/market-data/load-markets.ts';
import { type Timeframe, timeframeMs } from '../../../core/market/timeframe.ts';
import { fixtureDataPath, fixtureFile } from '../../fixture-files.ts';
import { hourlyCsv, useTemporaryHome } from './temporary-home.ts';

const paths = useTemporaryHome();

const coins = ['BTC', 'ETH', 'SOL', 'ADA', 'XRP', 'BNB'].map((coin) => `${coin}/USDT:USDT`);

describe('sealed markets', () => {
  test('hold no bar of the sample that had not closed where the holdout begins, and all others', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(coins, { minLength: 1, maxLength: 3 }),
        fc.constantFrom<Timeframe>('1h', '4h', '1d'),
        async (universe, timeframe) => {
          const sealed = await loadMarkets({ universe, timeframe, sealed: true });
          const open = await loadMarkets({ universe, timeframe });
          expect(sealed.holdoutFromMs).toBe(open.holdoutFromMs);
          sealed.markets.forEach(({ bars }, place) => {
            const closes = Array.from(open.markets[place]?.bars.timeMs ?? [], (ms) => ms + timeframeMs[timeframe]);
            expect(bars.timeMs).toHaveLength(closes.filter((ms) => ms <= sealed.holdoutFromMs).length);
            expect(closes.at(-1)).toBeGreaterThan(sealed.holdoutFromMs);
          });
          expect(sealed.dataHash).not.toBe(open.dataHash);
        },
      ),
      { numRuns: 12 },
    );
  });

  test('refuse a market that is younger than the seal', async () => {
    const day = (count: number, from: number) =>
      hourlyCsv(
        Array.from({ length: 24 * count }, () => 100),
        Date.UTC(2025, 0, 1 + from),
      );
    const [old, young] = [join(paths.folder, 'old.csv'), join(paths.folder, 'young.csv')];
    writeFileSync(old, day(100, 0));
    writeFileSync(young, day(15, 85));
    const data = [`BTC/USDT=${old}`, `NEW/USDT=${young}`];
    await expect(loadMarkets({ data, sealed: true })).rejects.toMatchObject({
      code: 'DataUnavailable',
      message: 'all bars of NEW/USDT are in the sealed holdout',
      place: {
        path: '--unseal',
        expected: expect.stringContaining('before 2025-03-22 00:00'),
        found: 'bars from 2025-03-27 00:00',
      },
    });
    expect((await loadMarkets({ data })).markets).toHaveLength(2);
  });

  test('count their first bars from what is left', async () => {
    const { markets } = await loadMarkets({ universe: ['BTC/USDT:USDT'], timeframe: '1h', sealed: true, bars: 100 });
    expect(markets[0]?.bars.timeMs).toHaveLength(100);
  });

  test('may be files, too', async () => {
    const data = [`BTC/USDT=${fixtureFile(fixtureDataPath('ohlcv/BTC-USDT-1h.csv'))}`];
    const [sealed, open] = [await loadMarkets({ data, sealed: true }), await loadMarkets({ data })];
    const last = sealed.markets[0]?.bars.timeMs.at(-1) ?? 0;
    expect(last + 3_600_000).toBeLessThanOrEqual(sealed.holdoutFromMs);
    expect(open.markets[0]?.bars.timeMs.length).toBe(8_448);
  });
});
