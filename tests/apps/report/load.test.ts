import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { writeArtifact } from '../../../adapters/store/artifacts.ts';
import { storeFile } from '../../../adapters/store/places.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite/index.ts';
import { loadReport } from '../../../apps/report/load.ts';
import type { ReportModel } from '../../../apps/report/model.ts';
import { writeReport } from '../../../apps/report/write-report.ts';
import type { Store } from '../../../core/ports/store.ts';
import { storedResult } from '../../../core/validation/artifact.ts';
import { summarise } from '../../../core/validation/run.ts';
import { fixtureModel, fixtureSource } from './fixture.ts';

const version = '0.1.0';
let home: string;
let store: Store;
let model: ReportModel;

/** Puts the fixture's run into a store and output folder, as the worker would. The last strategy was cancelled. */
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'nightdesk-report-'));
  vi.stubEnv('NIGHTDESK_HOME', home);
  model = await fixtureModel();
  store = openSqliteStore(storeFile());
  const { runId, tier, workflowId } = model.run;
  const records = model.strategies.map(({ strategyId, name, file = '', verdict }) => ({
    strategyId,
    name,
    file,
    strategyHash: verdict?.strategyHash ?? '',
    shape: `shape of ${strategyId}`,
  }));
  await store.registerStrategies(records, 1);
  await store.beginRun({
    runId,
    tier,
    workflowId,
    executionId: 'e1',
    codeVersion: version,
    startedMs: 1_000,
    askedBy: 'ada',
    strategies: records,
  });
  const outcomes = [];
  for (const report of model.strategies) {
    const { strategyId, name, hypothesis, file = '', symbols, parameters, verdict, result, seconds = 0 } = report;
    const cancelled = strategyId === 'STR-012';
    outcomes.push({
      strategyId,
      status: cancelled ? ('CANCELLED' as const) : (verdict?.status ?? 'ERROR'),
      seconds,
      timeouts: 0,
      fixable: true,
      reason: cancelled ? 'stopped by hand' : '',
    });
    if (cancelled || !verdict || !result) continue;
    const key = { runId, strategyId, tier };
    await store.beginValidation(key, 1_000);
    await store.recordVerdict({
      key,
      verdict,
      seconds,
      queueStatus: 'L0_PASSED',
      reason: '',
      timeouts: 0,
      atMs: 2_000,
    });
    if (strategyId === 'STR-011') continue; // its result file got lost
    writeArtifact({
      version: 1,
      runId,
      strategyId,
      name,
      hypothesis,
      file,
      tier,
      symbols,
      timeframe: '1h',
      parameters,
      data: { data: [fixtureSource(symbols[0])] },
      window: verdict.windows[0],
      result: storedResult({ ...result, decided: [] }),
      // As if the file had been changed since: another hash than its bars have.
      verdict: strategyId === 'STR-010' ? { ...verdict, dataHash: 'f'.repeat(64) } : verdict,
    });
  }
  const summary = summarise(outcomes, 1.5);
  await store.recordEscalation(runId, {
    reason: '10 of 12 failed',
    choices: ['goOn', 'relaxThresholds'],
    answer: { choice: 'goOn', by: 'ada' },
  });
  const alerts = [{ name: 'manyFailed' as const, message: '10 of 12 did not pass L0' }];
  await store.endRun({ runId, state: 'done', summary, alerts, outcomes, finishedMs: 3_000 });
});

afterAll(() => {
  store.close();
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

describe('a run from store and artifacts', () => {
  test('has the numbers that were judged, to the last bit, and their bars', async () => {
    const loaded = await loadReport(store, { runId: model.run.runId, version });
    expect(loaded.run).toMatchObject({ strategies: 12, wallSeconds: 1.5, startedAtMs: 1_000, finishedAtMs: 3_000 });
    expect(loaded.run.notices).toEqual([
      '10 of 12 did not pass L0',
      'Escalated to a person: 10 of 12 failed. Answer: go on, by ada.',
    ]);
    const [first] = loaded.strategies;
    expect(first.result).toEqual({ ...model.strategies[0].result, decided: undefined });
    expect(first.bars?.timeMs).toEqual(model.strategies[0].bars?.timeMs);
    expect(first.absent).toBeUndefined();
  });

  test('says what is missing and why', async () => {
    const loaded = await loadReport(store, { version });
    const absent = Object.fromEntries(loaded.strategies.map((report) => [report.strategyId, report.absent]));
    expect(absent['STR-010']).toContain('no longer those that were judged');
    expect(absent['STR-011']).toContain('left no result file');
    expect(absent['STR-012']).toBe('Cancelled: stopped by hand.');
    expect(loaded.strategies.find(({ strategyId }) => strategyId === 'STR-010')?.bars).toBeUndefined();
  });

  test.each([
    [{ runId: 'nope' }, 'no such run'],
    [{ strategyIds: ['STR-999'] }, 'has no result of that strategy'],
  ])('refuses %j', async (request, message) => {
    await expect(loadReport(store, { version, ...request })).rejects.toThrow(message);
  });

  test('is written whole to where it was asked', async () => {
    const out = join(home, 'deep', 'page.html');
    const written = await writeReport({ version, out, strategyIds: ['STR-001', 'STR-003'] });
    expect(written).toMatchObject({ file: out, strategies: 2, runId: model.run.runId });
    const page = await readFile(out, 'utf8');
    expect(page.endsWith('</html>\n') || page.trimEnd().endsWith('</html>')).toBe(true);
    expect(Buffer.byteLength(page)).toBe(written.bytes);
  });
});
