import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createThreadPool } from '../../../adapters/threads/pool.ts';
import { createValidationCompute, type ValidationTask } from '../../../adapters/validation/compute.ts';
import { loadValidationGates } from '../../../config/validation-gates.ts';
import { newFamily } from '../../../core/validation/family-history.ts';
import { fixtureDataPath, fixtureFile } from '../../fixture-files.ts';
import { pluginStrategyText } from '../../plugins/strategy/plugin-strategy.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-plugin-validation-'));
const file = join(folder, 'STR-900-plugins.yaml');
writeFileSync(file, pluginStrategyText);
const home = process.env['NIGHTDESK_HOME'];
process.env['NIGHTDESK_HOME'] = folder; // threads inherit it
const pool = createThreadPool<ValidationTask, unknown>(
  new URL('../../../workers/threads/validation.ts', import.meta.url),
  1,
);
const compute = createValidationCompute(pool);

afterAll(async () => {
  await pool.close();
  if (home === undefined) delete process.env['NIGHTDESK_HOME'];
  else process.env['NIGHTDESK_HOME'] = home;
  rmSync(folder, { recursive: true, force: true });
});

test('the validation threads read and judge a strategy that uses plugins', async () => {
  const { signal } = new AbortController();
  const { strategies, problems } = await compute.inspect({ strategies: [file] }, signal);
  expect(problems).toEqual([]);
  expect(strategies).toMatchObject([{ strategyId: 'STR-900', file }]);
  const judged = await compute.validate(
    {
      runId: 'r1',
      strategyId: 'STR-900',
      file,
      tier: 'L1',
      trialsBefore: 0,
      history: newFamily,
      codeVersion: '0.1.0+test',
      thresholds: loadValidationGates(),
      data: { data: [`ETH/USDT=${fixtureFile(fixtureDataPath('ohlcv/ETH-USDT-1h.csv'))}`] },
    },
    signal,
  );
  expect(judged).toMatchObject({
    verdict: { strategyId: 'STR-900', tier: 'L1', strategyHash: strategies[0]?.strategyHash },
  });
  expect(judged).toHaveProperty('verdict.metrics.trades');
});
