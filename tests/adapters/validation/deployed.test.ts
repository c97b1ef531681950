import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createValidationActivities } from '../../../activities/validation.ts';
import { openSqliteOrderStore, openSqliteStore } from '../../../adapters/store/sqlite/index.ts';
import { createListDeployed, createReadDeployed } from '../../../adapters/validation/deployed.ts';
import { inspectStrategies } from '../../../adapters/validation/inspect.ts';
import { runValidationJob } from '../../../adapters/validation/run-job.ts';
import { loadValidationGates } from '../../../config/validation-gates.ts';
import type { OrderStore } from '../../../core/ports/order-store.ts';
import type { Store } from '../../../core/ports/store.ts';
import type { Tier } from '../../../core/validation/verdict.ts';
import { account, entriesOf, fillOf, noonMs, stored, symbol } from '../../contracts/order-fixtures.ts';
import { passVerdict } from '../../contracts/store.ts';
import { barsCsv, trendingBars } from '../../trending-bars.ts';

const day = 86_400_000;
const names = ['NIGHTDESK_HOME', 'NIGHTDESK_CONFIG'] as const;
const before = names.map((name) => process.env[name]);

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-deployed-'));
  mkdirSync(join(folder, 'config'));
  process.env['NIGHTDESK_HOME'] = folder;
  process.env['NIGHTDESK_CONFIG'] = join(folder, 'config');
  store = openSqliteStore(join(folder, 'desk.sqlite'));
});
afterEach(() => {
  store.close();
  for (const [index, name] of names.entries()) {
    const value = before[index];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(folder, { recursive: true, force: true });
});

const openOrders = async () => openSqliteOrderStore(join(folder, 'orders.sqlite'));

async function inOrders(work: (orders: OrderStore) => Promise<unknown>): Promise<void> {
  const orders = await openOrders();
  try {
    await work(orders);
  } finally {
    orders.close();
  }
}

/** A strategy that earns on bars that trend. */
function momentum(strategyId: string, average: string): string {
  const file = join(folder, `${strategyId}.yaml`);
  writeFileSync(
    file,
    `id: ${strategyId}
name: Momentum ${strategyId}
hypothesis: What rose goes on rising.
universe: [BTC/USDT, ETH/USDT]
timeframe: 6h
signals: { enterLong: "close > ${average}", exitLong: "close < ${average}" }
costs: { feeBps: 1, slippageBps: 0 }
`,
  );
  return file;
}

const known = (strategyId: string) => ({
  strategyId,
  name: strategyId,
  file: `/s/${strategyId}.yaml`,
  strategyHash: strategyId,
  shape: strategyId,
});

const listAt = (nowMs: number) => createListDeployed({ store, openOrders, nowMs: () => nowMs })();

test('nothing is deployed on a fresh desk', async () => {
  await store.registerStrategies([known('STR-001')], 0);
  expect(await listAt(noonMs)).toEqual([]);
});

test('a book that had an order counts for so many days, one that holds a position as long as it does', async () => {
  await store.registerStrategies(['STR-001', 'STR-002', 'STR-003'].map(known), 0);
  await inOrders(async (orders) => {
    await stored(orders, 'one', { book: 'STR-002' });
    await stored(orders, 'two', { book: 'manual' });
    await orders.postEntries(entriesOf(fillOf('77')));
  });
  expect(await listAt(noonMs)).toEqual(['STR-001', 'STR-002']);
  expect(await listAt(noonMs + 31 * day)).toEqual(['STR-001']);
  const back = { ...fillOf('78'), quoteAmount: `-${fillOf('77').quoteAmount}`, amount: `-${fillOf('77').amount}` };
  const sold = [
    { ledgerAccount: 'assets:free', amount: `-${fillOf('77').amount}` },
    { ledgerAccount: 'trading', amount: fillOf('77').amount },
  ].map((line) => ({ ...entriesOf(back)[2], ...line, asset: 'BTC', symbol, account, source: '78' }));
  await inOrders((orders) => orders.postEntries(sold));
  expect(await listAt(noonMs + 31 * day)).toEqual([]);
});

test('the settings name what trades elsewhere, and how many days an order counts', async () => {
  await store.registerStrategies([known('STR-002')], 0);
  await inOrders((orders) => stored(orders, 'one', { book: 'STR-002' }));
  const settings = 'deployed: { strategies: [STR-008], order_days: 90 }\n';
  writeFileSync(join(folder, 'config', 'parallel-validation.yaml'), settings);
  expect(await listAt(noonMs + 31 * day)).toEqual(['STR-002', 'STR-008']);
});

const gates = loadValidationGates();

/** The activities as a worker runs them, on real stores. */
function desk(orders: () => Promise<OrderStore> = openOrders) {
  const data = ['BTC/USDT', 'ETH/USDT'].map((market, seed) => {
    const file = join(folder, `${market.slice(0, 3)}.csv`);
    writeFileSync(file, barsCsv(trendingBars(market, seed + 1, 365 * 5 * 4)));
    return `${market}=${file}`;
  });
  const made = createValidationActivities({
    store,
    compute: {
      inspect: (request) => inspectStrategies(request),
      validate: (job) => runValidationJob(job),
      forget() {},
    },
    readDeployed: createReadDeployed({ store, openOrders: orders, nowMs: () => noonMs }),
    codeVersion: 'test',
    searchAttributes: [],
    nowMs: () => noonMs,
  });
  const run = <T>(work: () => Promise<T>): Promise<T> =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(work);
  const plan = (runId: string, file: string, tier: Tier) =>
    run(() =>
      made.planRun({
        runId,
        workflowId: runId,
        executionId: runId,
        input: { tier, strategies: [file], queued: false, dryRun: false, data: {}, askedBy: 'ada' },
      }),
    );
  /** The row of the last tier, for a strategy that has passed the others. */
  return async (runId: string, strategyId: string, file: string) => {
    for (const tier of ['L0', 'L1', 'L2'] as const) {
      const key = { runId: `${runId} ${tier}`, strategyId, tier };
      await plan(key.runId, file, tier);
      const { strategy } = await store.beginValidation(key, noonMs);
      const trials = { ownRun: 0, total: 0 };
      const verdict = { ...passVerdict(strategyId), tier, strategyHash: strategy.strategyHash, trials };
      await store.recordVerdict({ key, verdict, seconds: 1, timeouts: 0, reason: '', atMs: noonMs });
    }
    await plan(runId, file, 'L3');
    const task = { runId, strategyId, timeouts: 0, autoRetryFixable: false, thresholds: gates, data: { data } };
    await run(() => made.validateStrategy({ ...task, tier: 'L3' }));
    const [{ verdict }] = await store.verdicts(runId);
    return verdict.gates.find(({ name }) => name === 'deployedCorrelation');
  };
}

test('L3 holds a strategy against what is deployed, and says with which', { timeout: 120_000 }, async () => {
  const judge = desk();
  await inOrders((orders) => stored(orders, 'one', { book: 'STR-911' }));
  // Itself is nothing that it could double.
  const row = await judge('r1', 'STR-911', momentum('STR-911', 'lag(close, 2)'));
  expect(row).toMatchObject({ passed: true, informs: true, note: 'nothing is deployed' });
  const same = '(lag(close, 2) + 0 * volume)';
  const twin = await judge('r2', 'STR-912', momentum('STR-912', same));
  expect(twin).toMatchObject({ passed: false, threshold: '< 0.7', note: 'nearest STR-911' });
  expect(twin?.value).toBeGreaterThan(0.95);

  // It is no longer deployed: the same question is asked anew, since its holdout was left sealed.
  writeFileSync(join(folder, 'config', 'parallel-validation.yaml'), 'deployed: { order_days: 0 }\n');
  expect(await judge('r3', 'STR-912', momentum('STR-912', same))).toMatchObject({ note: 'nothing is deployed' });
});

test('what has no stored backtest cannot be compared, and an order store that cannot be read is said', async () => {
  writeFileSync(join(folder, 'config', 'parallel-validation.yaml'), 'deployed: { strategies: [STR-008] }\n');
  const file = momentum('STR-911', 'lag(close, 2)');
  const alone = await desk()('r1', 'STR-911', file);
  expect(alone).toMatchObject({ passed: false, note: 'too few shared days with STR-008' });

  const broken = join(folder, 'broken.sqlite');
  writeFileSync(broken, 'this is no database');
  const unread = await desk(async () => openSqliteOrderStore(broken))('r2', 'STR-911', file);
  expect(unread).toMatchObject({ passed: true, informs: true, note: expect.stringMatching(/^not checked: .*broken/) });
});
