import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createValidationActivities } from '../../activities/validation.ts';
import { openSqliteStore } from '../../adapters/store/sqlite/index.ts';
import { inspectStrategies } from '../../adapters/validation/inspect.ts';
import { runValidationJob } from '../../adapters/validation/run-job.ts';
import { projectFolder } from '../../config/paths.ts';
import { loadValidationGates } from '../../config/validation-gates.ts';
import type { Store } from '../../core/ports/store.ts';
import type { Tier } from '../../core/validation/verdict.ts';
import { fixtureDataPath, fixtureFile } from '../fixture-files.ts';
import { passVerdict } from '../contracts/store.ts';
import { barsCsv, trendingBarMs, trendingBars, trendingStartMs } from '../trending-bars.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-ledger-activities-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const strategy = (id: string, market: string, slow = 50) => {
  const file = join(folder, `${id}.yaml`);
  const text = `id: ${id}
name: Trend of ${market}
hypothesis: Trends last.
universe: [${market}]
timeframe: 1h
signals: { enterLong: "crossover(sma(close, 10), sma(close, ${slow}))", exitLong: "close < sma(close, ${slow})" }
`;
  writeFileSync(file, text);
  return file;
};
const files = {
  one: strategy('STR-901', 'BTC/USDT'),
  copy: strategy('STR-902', 'BTC/USDT', 60),
  nowhere: strategy('STR-903', 'DOGE/USDT'),
};
const eth = fixtureFile(fixtureDataPath('ohlcv/ETH-USDT-1h.csv'));
const btc = fixtureFile(fixtureDataPath('ohlcv/BTC-USDT-1h.csv'));

const gates = loadValidationGates();

let store: Store;
let stores = 0;
const home = process.env['NIGHTDESK_HOME'];
beforeEach(() => {
  process.env['NIGHTDESK_HOME'] = join(folder, `home-${stores++}`);
  store = openSqliteStore(join(folder, `store-${stores}.sqlite`));
});
afterEach(() => {
  if (home === undefined) delete process.env['NIGHTDESK_HOME'];
  else process.env['NIGHTDESK_HOME'] = home;
  store.close();
});

/** The activities as a worker runs them, with the computation in this thread. */
function activities(codeVersion = '0.1.0+test') {
  let nowMs = 1_000;
  const made = createValidationActivities({
    store,
    compute: {
      inspect: (request) => inspectStrategies(request),
      validate: (job) => runValidationJob(job),
      forget() {},
    },
    codeVersion,
    searchAttributes: [],
    nowMs: () => nowMs++,
  });
  const run = <T>(work: () => Promise<T>): Promise<T> =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(work);
  return {
    plan: (runId: string, strategies: readonly string[], tier: Tier = 'L0') =>
      run(() =>
        made.planRun({
          runId,
          workflowId: `w:${runId}`,
          executionId: runId,
          input: { tier, strategies, queued: false, dryRun: false, data: {}, askedBy: 'ada' },
        }),
      ),
    validate: (runId: string, strategyId: string, data: readonly string[], tier: Tier = 'L0') =>
      run(() =>
        made.validateStrategy({
          runId,
          strategyId,
          tier,
          timeouts: 0,
          autoRetryFixable: false,
          thresholds: { ...gates, L2: { ...gates.L2, maxPoints: 8 } },
          data: { data },
        }),
      ),
  };
}

test('a strategy in TypeScript is validated when it leaks nothing, and else named for it', async () => {
  const { plan, validate } = activities();
  const file = (name: string) => join(projectFolder, 'tests', 'strategies', name, 'pivot.ts');
  const outcomes = [];
  for (const name of ['clean', 'leaky']) {
    await plan(name, [file(name)]);
    outcomes.push(await validate(name, 'STR-907', [`ETH/USDT=${eth}`]));
  }
  const leak = /pivot\.ts code: fails the check repainting: is painted again up to [23] bars later/;
  expect(outcomes).toMatchObject([
    { status: 'FAIL', reason: expect.stringMatching(/./) },
    { status: 'ERROR', reason: expect.stringMatching(leak) },
  ]);
  expect(outcomes[0].reason).not.toMatch(/fails the check|code/);
});

test('a strategy of expressions that trades for nothing is refused, as one in TypeScript is', async () => {
  const { plan, validate } = activities();
  const free = join(folder, 'STR-904.yaml');
  const costs = 'costs: { feeBps: 0, slippageBps: 0 }';
  writeFileSync(free, `${readFileSync(files.one, 'utf8').replace('STR-901', 'STR-904')}${costs}\n`);
  await plan('free', [free], 'L1');
  const { status, reason } = await validate('free', 'STR-904', [`BTC/USDT=${btc}`], 'L1');
  expect([status, reason]).toEqual(['ERROR', expect.stringMatching(/fails the check costs: trades for nothing/)]);
});

describe('validateStrategy and the ledger', () => {
  test('a validation is one trial with its look and its returns, however often it is tried', async () => {
    const { plan, validate } = activities();
    await plan('r1', [files.one]);
    await validate('r1', 'STR-901', [`BTC/USDT=${btc}`]);
    await validate('r1', 'STR-901', [`BTC/USDT=${btc}`]);
    await plan('r2', [files.one]);
    await validate('r2', 'STR-901', [`BTC/USDT=${btc}`]);
    const ledger = await store.family({ strategyId: 'STR-901' }, 10);
    expect(ledger).toMatchObject({
      trials: 1,
      sampledTrials: 1,
      byFace: { validate: 1 },
      entries: [{ by: ['ada'], count: 1 }],
      seen: [{ market: 'BTC/USDT', by: 'ada', face: 'validate' }],
    });
    // 352 days, of which the last 70 are sealed: the look ends with the last bar that closed before them.
    const endMs = Date.UTC(2025, 8, 1);
    expect(ledger?.seen[0]?.toMs).toBeLessThanOrEqual(endMs - 70.4 * 86_400_000);
    expect(ledger?.seen[0]?.toMs).toBeGreaterThan(endMs - 70.5 * 86_400_000);
  });

  test('a near copy begins with what its family has spent, and its verdict says what that saw', async () => {
    const { plan, validate } = activities();
    await plan('r1', [files.one]);
    await validate('r1', 'STR-901', [`BTC/USDT=${btc}`]);
    const [record] = (await inspectStrategies({ strategies: [files.one] })).strategies;
    if (record === undefined) throw new Error('no strategy');
    const looks = [{ market: 'BTC/USDT:USDT', fromMs: 0, toMs: Date.UTC(2025, 8, 1) }];
    await store.recordTrials({
      key: 'x',
      strategy: record,
      face: 'sweep',
      by: 'bob',
      count: 99,
      looks,
      samples: [],
      atMs: 5_000,
    });
    await plan('r2', [files.copy]);
    await validate('r2', 'STR-902', [`BTC/USDT=${btc}`]);
    const [stored] = await store.verdicts('r2');
    expect(stored?.verdict.trials).toEqual({ ownRun: 1, total: 100 });
    expect(stored?.verdict.warnings).toContainEqual(
      expect.stringMatching(
        /^results of this family were seen up to 2025-09-01 \(BTC\/USDT, sweep by bob on .*unseen days are needed/,
      ),
    );
  });

  test('no bars are no trial, and a learning that names the market', async () => {
    const { plan, validate } = activities();
    await plan('r1', [files.nowhere]);
    const data = [folder];
    await validate('r1', 'STR-903', data);
    await validate('r1', 'STR-903', data);
    expect(await store.trials('STR-903')).toBe(0);
    expect(await store.learnings()).toMatchObject([
      {
        errorType: 'data_unavailable',
        fixer: 'none',
        outcome: 'rejected',
        tier: 'L0',
        timeframe: '1h',
        count: 1,
        strategies: ['STR-903'],
        text: expect.stringMatching(/^no data for DOGE\/USDT: there are no bars of DOGE\/USDT/),
      },
    ]);
    expect((await store.queue())[0]).toMatchObject({ status: 'L0_FAILED' });
  });
});

describe('the holdout', () => {
  const days = 365 * 5;

  /** Bars of so many days, as files of their own; more days go on where fewer end. */
  const data = (length: number) =>
    ['BTC/USDT', 'ETH/USDT'].map((symbol, seed) => {
      const file = join(folder, `${symbol.slice(0, 3)}-${length}.csv`);
      writeFileSync(file, barsCsv(trendingBars(symbol, seed + 1, length * 4)));
      return `${symbol}=${file}`;
    });

  /** A momentum strategy that deserves to pass. */
  const momentum = (id: string, back: number) => {
    const file = join(folder, `${id}.yaml`);
    const text = `id: ${id}
name: Momentum ${id}
hypothesis: What rose goes on rising.
universe: [BTC/USDT, ETH/USDT]
timeframe: 6h
parameters: { back: { default: ${back}, min: 1, max: 4 } }
signals: { enterLong: "close > lag(close, back)", exitLong: "close < lag(close, back)" }
costs: { feeBps: 1, slippageBps: 0 }
`;
    writeFileSync(file, text);
    return file;
  };

  /** Verdicts as the tiers before the last one leave them. */
  async function passBelow(plan: ReturnType<typeof activities>['plan'], file: string, strategyId: string, upTo = 3) {
    for (const tier of (['L0', 'L1', 'L2'] as const).slice(0, upTo)) {
      const key = { runId: `${strategyId}-${tier}`, strategyId, tier };
      await plan(key.runId, [file], tier);
      const { strategy: record } = await store.beginValidation(key, 10);
      const { strategyHash } = record;
      const verdict = { ...passVerdict(strategyId), tier, strategyHash, trials: { ownRun: 0, total: 0 } };
      await store.recordVerdict({
        key,
        verdict,
        seconds: 1,
        timeouts: 0,
        reason: '',
        atMs: 20,
        queueStatus: `${tier}_PASSED`,
      });
    }
  }

  test('stays shut for what has not passed the tiers before, and the refusal names them', async () => {
    const { plan, validate } = activities();
    const file = momentum('STR-911', 2);
    await passBelow(plan, file, 'STR-911', 1);
    await plan('early', [file], 'L3');
    const { status, reason } = await validate('early', 'STR-911', data(days), 'L3');
    expect([status, reason]).toEqual(['FAIL', expect.stringMatching(/has not passed L1, L2 yet/)]);
    expect((await store.family({ strategyId: 'STR-911' }, 1))?.seen).toEqual([]);
    expect((await store.queue())[0]).toMatchObject({ status: 'L0_PASSED' });
    const edited = momentum('STR-911', 3);
    await passBelow(plan, edited, 'STR-911');
    await plan('later', [momentum('STR-911', 2)], 'L3');
    expect(await validate('later', 'STR-911', data(days), 'L3')).toMatchObject({
      reason: expect.stringMatching(/has not passed L1, L2 yet/), // another meaning has
    });
  });

  test('shows its result again to who asks the same again, and takes no pass away from who asks otherwise', async () => {
    const { plan, validate } = activities();
    const file = momentum('STR-911', 2);
    await passBelow(plan, file, 'STR-911');
    const again = async (runId: string, tier: Tier, by = { plan, validate }) => {
      await by.plan(runId, [file], tier);
      await by.validate(runId, 'STR-911', data(days), tier);
      return (await store.verdicts(runId))[0];
    };
    const first = await again('r1', 'L3');
    expect(first?.verdict.status).toBe('PASS');
    const trials = await store.trials('STR-911');
    const second = await again('r2', 'L3');
    expect(second?.text).toBe(first?.text);
    expect(await store.trials('STR-911')).toBe(trials);
    expect((await store.queue())[0]).toMatchObject({ status: 'L3_PASSED' });
    const third = await again('r3', 'L3', activities('0.2.0+test'));
    expect(third?.verdict).toMatchObject({ status: 'FAIL', failures: [{ errorType: 'holdout_seen', fixable: false }] });
    expect((await store.queue())[0]).toMatchObject({ status: 'L3_PASSED' });
    await again('r4', 'L0');
    expect((await store.queue())[0]).toMatchObject({ status: 'L3_PASSED' });
  });

  test('stays shut for what earns the same under another shape', async () => {
    const { plan, validate } = activities();
    const original = momentum('STR-911', 2);
    const disguised = join(folder, 'STR-913.yaml');
    const other = readFileSync(momentum('STR-913', 2), 'utf8')
      .replace('"close > lag(close, back)"', '"(close - lag(close, back)) / close > 0 and volume > 0"')
      .replace('"close < lag(close, back)"', '"(close - lag(close, back)) / close < 0 and volume > 0"');
    writeFileSync(disguised, other);
    const stranger = momentum('STR-914', 4);
    writeFileSync(stranger, readFileSync(stranger, 'utf8').replaceAll('lag(close, back)', 'sma(close, back * 5)'));
    for (const [file, id] of [
      [original, 'STR-911'],
      [disguised, 'STR-913'],
      [stranger, 'STR-914'],
    ] as const) {
      await passBelow(plan, file, id);
      await plan(`last-${id}`, [file], 'L3');
    }
    expect(await validate('last-STR-911', 'STR-911', data(days), 'L3')).toMatchObject({ status: 'PASS' });
    const familyOf = async (strategyId: string) => (await store.family({ strategyId }, 1))?.family;
    expect(await familyOf('STR-913')).not.toBe(await familyOf('STR-911'));
    await validate('last-STR-913', 'STR-913', data(days), 'L3');
    const [copied] = await store.verdicts('last-STR-913');
    expect(copied?.verdict.failures).toMatchObject([{ errorType: 'holdout_seen' }]);
    expect(copied?.verdict.failures[0]?.message).toMatch(
      /earns the same as STR-911 \(correlation 1\.000 a day\).*seen/,
    );
    expect(await familyOf('STR-913')).toBe(await familyOf('STR-911'));
    await validate('last-STR-914', 'STR-914', data(days), 'L3');
    const [alien] = await store.verdicts('last-STR-914');
    expect(alien?.verdict.failures.map(({ errorType }) => errorType)).not.toContain('holdout_seen');
  });

  test('opens once for a family: a copy under another name gets no second look, until half of one is new', async () => {
    const { plan, validate } = activities();
    const last = async (runId: string, file: string, id: string, length: number) => {
      await plan(runId, [file], 'L3');
      await validate(runId, id, data(length), 'L3');
      const [stored] = await store.verdicts(runId);
      const gate = stored?.verdict.gates.find(({ name }) => name === 'holdoutSharpe');
      return {
        status: stored?.verdict.status,
        warnings: stored?.verdict.warnings,
        windows: stored?.verdict.windows,
        gate,
      };
    };
    const [original, copy] = [momentum('STR-911', 2), momentum('STR-912', 3)];
    await passBelow(plan, original, 'STR-911');
    expect(await last('r1', original, 'STR-911', days)).toMatchObject({ status: 'PASS', gate: { passed: true } });
    const endMs = trendingStartMs + days * 4 * trendingBarMs;
    const ledger = await store.family({ strategyId: 'STR-912' }, 1);
    expect(ledger).toBeUndefined();
    await passBelow(plan, copy, 'STR-912');
    const refused = await last('r2', copy, 'STR-912', days);
    expect(refused).toMatchObject({
      status: 'FAIL',
      gate: {
        passed: false,
        note: expect.stringMatching(/seen up to 2023-12-31 \(BTC\/USDT, validate by ada .* 183 unseen days/),
      },
    });
    expect(refused.warnings).toContainEqual(expect.stringContaining('results of this family were seen'));
    // A hundred days later it is still too early, two hundred days later the holdout is what nobody has seen.
    expect(await last('r3', copy, 'STR-912', days + 100)).toMatchObject({ status: 'FAIL', gate: { passed: false } });
    const later = await last('r4', copy, 'STR-912', days + 200);
    expect(later).toMatchObject({ status: 'PASS', gate: { passed: true } });
    expect(later.windows?.find(({ name }) => name === 'holdout')?.fromMs).toBe(endMs);
  });
});
