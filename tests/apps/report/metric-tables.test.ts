import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { inlineModules } from '../../../apps/report/assets.ts';
import { monthlyReturns } from '../../../apps/report/metric-tables.ts';
import { fixtureModel } from './fixture.ts';

test('months compound to the total return, each from the last mark of the one before', async () => {
  const { strategies } = await fixtureModel();
  for (const { result } of strategies) {
    if (!result) throw new Error('the fixture has results');
    const months = monthlyReturns(result);
    expect(months.map(([month]) => month)).toEqual([
      '2024-12',
      '2025-01',
      '2025-02',
      '2025-03',
      '2025-04',
      '2025-05',
      '2025-06',
    ]);
    const grown = months.reduce((equity, [, value]) => equity * (1 + value), result.startEquity);
    expect(grown).toBeCloseTo(result.finalEquity, 6);
  }
});

test('modules become one script without imports and exports', () => {
  const script = inlineModules([
    "import { createChart } from 'lightweight-charts';\nexport const a = 1;\n",
    "import { LineSeries } from 'lightweight-charts';\nimport { a } from './a.js';\nexport function b() {\n  return a;\n}\n",
  ]);
  expect(script).toContain('const { createChart, LineSeries } = LightweightCharts;');
  expect(script).not.toMatch(/^(?:import|export)/m);
  expect(() => new Script(script)).not.toThrow();
});
