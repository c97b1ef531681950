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

describe('a run that went on to the next tier', () => {
  const strategyId = 'STR-001';

  beforeAll(async () => {
    const [{ verdict, name, file = '' }] = model.strategies;
    if (!verdict) throw new Error('the fixture has no verdict');
    const { runId, workflowId } = model.run;
    const record = { strategyId, name, file, strategyHash: verdict.strategyHash, shape: `shape of ${strategyId}` };
    const key = { runId: `${runId}-L1`, strategyId, tier: 'L1' } as const;
    await store.beginRun({
      ...key,
      workflowId: `${workflowId}-L1`,
      executionId: 'e2',
      codeVersion: version,
      startedMs: 4_000,
      askedBy: 'ada',
      strategies: [record],
    });
    await store.beginValidation(key, 4_000);
    const higher = { ...verdict, tier: 'L1', status: 'FAIL' } as const;
    await store.recordVerdict({
      key,
      verdict: higher,
      seconds: 2,
      queueStatus: 'FIXABLE_FAILURE',
      reason: '',
      timeouts: 0,
      atMs: 5_000,
      evidence: { looks: [{ market: 'BTC/USDT', fromMs: 0, toMs: 86_400_000 }], samples: [] },
    });
    const outcome = { strategyId, status: 'FAIL' as const, seconds: 2, timeouts: 0, fixable: true, reason: '' };
    const summary = summarise([outcome], 2.5);
    await store.endRun({
      runId: key.runId,
      state: 'done',
      summary,
      alerts: [],
      outcomes: [outcome],
      finishedMs: 6_000,
    });
  });

  test.each(['', '-L1'])('is one report, whichever run is named (%s)', async (suffix) => {
    const loaded = await loadReport(store, { runId: `${model.run.runId}${suffix}`, version });
    expect(loaded.run).toMatchObject({
      runId: model.run.runId,
      tier: 'L1',
      startedAtMs: 1_000,
      finishedAtMs: 6_000,
      wallSeconds: 4,
      strategies: 12,
    });
    expect(loaded.run.ladder?.map(({ tier, strategies }) => [tier, strategies])).toEqual([
      ['L0', 12],
      ['L1', 1],
    ]);
    const climbed = loaded.strategies.find((report) => report.strategyId === strategyId);
    expect(climbed?.verdict?.tier).toBe('L1');
    expect(climbed?.earlier?.map(({ verdict }) => verdict.tier)).toEqual(['L0']);
    expect(climbed?.workflowId).toBe(`strategy-validation:${model.run.runId}-L1:${strategyId}`);
    const other = loaded.strategies.find((report) => report.strategyId === 'STR-002');
    expect(other?.verdict?.tier).toBe('L0');
    expect(other?.earlier).toBeUndefined();
  });

  test('has the trial ledger of each family, and the holdout as its looks leave it', async () => {
    const loaded = await loadReport(store, { version, strategyIds: [strategyId, 'STR-002'] });
    const [first, second] = loaded.strategies;
    expect(first.ledger).toMatchObject({
      members: [{ strategyId, edits: 1 }],
      byPerson: [{ by: 'ada' }],
      seen: [{ market: 'BTC/USDT', toMs: 86_400_000, by: 'ada', face: 'validate' }],
    });
    expect(first.ledger?.counted).toBe(first.ledger?.trials);
    // The run of the higher tier left no result file, so nothing says which bars it had.
    expect(first.ledger?.holdout).toBeUndefined();
    expect(second.ledger?.holdout).toMatchObject({ state: 'sealed', note: '' });
  });

  test('brings the rates that were measured', async () => {
    const { power } = await loadReport(store, { version });
    expect(power?.cells.length).toBeGreaterThan(0);
  });
});
