import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevServer, startDevServer } from '../../../adapters/temporal/server/dev-server.ts';
import { freePort } from '../../../adapters/temporal/server/ports.ts';
import { startWorkerProcess, type WorkerProcess } from '../../../apps/cli/desk/worker-process.ts';
import { projectFolder } from '../../../config/paths.ts';
import { needsServer, noServerReason } from '../../temporal-server.ts';
import { documentOf, runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-validate-'));
const strategies = join(projectFolder, 'strategies');
const volume = join(strategies, 'STR-010-vwap-pullback.yaml');
let server: DevServer;
let env: Record<string, string>;

beforeAll(async () => {
  if (noServerReason !== undefined) return;
  server = await startDevServer({ port: await freePort(), uiPort: 'none', dbFile: 'memory' });
  env = { TEMPORAL_ADDRESS: server.address, NIGHTDESK_HOME: folder, NIGHTDESK_STRATEGIES: strategies };
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type RunDocument = {
  runId: string;
  results: { strategyId: string; status: string; gates: { name: string; passed: boolean }[]; dataHash: string }[];
  summary: Record<string, number>;
  waitsForAnswer: boolean;
};

describe('nightdesk validate, without a worker', () => {
  needsServer();

  test('starts one for the run, prints verdicts, and takes it with it', async () => {
    const run = await runCli(['validate', 'STR-010', 'STR-012', '--json'], env);
    expect(run.stderr).toContain('starting one for this run');
    expect(run.code).toBe(0);
    const document = documentOf(run) as RunDocument;
    expect(document.results.map(({ strategyId }) => strategyId)).toEqual(['STR-010', 'STR-012']);
    expect(document.summary).toMatchObject({ timedOut: 0, errors: 0 });
    expect(Object.keys(document.summary)).toEqual(
      expect.arrayContaining(['passed', 'failed', 'timedOut', 'errors', 'wallSeconds', 'sequentialSeconds', 'saved']),
    );
    for (const { gates, dataHash } of document.results) {
      expect(gates.map(({ name }) => name)).toEqual(['signals', 'winRate', 'informationCoefficient', 'futility']);
      expect(dataHash).toMatch(/^[0-9a-f]{64}$/);
    }
    const status = documentOf(await runCli(['status', '--json'], env)) as { queues: { pollers: unknown[] }[] };
    expect(status.queues.map(({ pollers }) => pollers)).toEqual([[], [], [], []]);

    const why = documentOf(await runCli(['why', 'STR-010', '--json'], env)) as Record<string, unknown>;
    expect(why).toMatchObject({
      strategyId: 'STR-010',
      file: volume,
      runId: document.runId,
      workflowId: `parallel-validation:${document.runId}`,
      trialsEver: 1,
      verdict: document.results[0],
    });
    const artifact = JSON.parse(readFileSync(String(why['artifact']), 'utf8')) as { verdict: unknown };
    expect(artifact.verdict).toEqual(document.results[0]);
    const people = await runCli(['why', document.runId], env);
    expect(people.stdout).toContain('STR-012');
    expect(people.code).toBe(0);
  }, 60_000);

  test.each([
    ['an unknown tier', ['--tier', 'L9'], 'tier', 2],
    ['no workers', ['--workers', '0'], 'workers', 2],
    ['a number that is none', ['--workers', 'many'], 'expected a number', 2],
    ['a duration that is none', ['--task-timeout', '3'], 'expected a duration', 2],
  ])('refuses %s before anything is started', async (_, args, text, code) => {
    const run = await runCli(['validate', ...args], env);
    expect(run.code).toBe(code);
    expect(run.stderr).toContain(text);
    expect(run.stderr).not.toContain('starting');
  });

  test('a server that is not there is exit code 3', async () => {
    const run = await runCli(['status', '--json'], { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(run.code).toBe(3);
    expect(documentOf(run)).toMatchObject({ error: { code: 'NotReachable' } });
  });

  test('why of what nobody validated names the nearest', async () => {
    const run = await runCli(['why', 'STR-013'], env);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('no verdict is known of STR-013');
  });
});

describe('nightdesk validate, with a worker that runs', () => {
  needsServer();
  let worker: WorkerProcess | undefined;
  const lines: string[] = [];

  beforeAll(async () => {
    if (noServerReason !== undefined) return;
    worker = startWorkerProcess({ address: server.address, verify: true, env, onLine: (line) => lines.push(line) });
    await worker.whenReady;
  });
  afterAll(() => worker?.stop());

  test('the worker has first replayed what ran here before', () => {
    // The run above: a parent and two children.
    expect(
      lines.some((line) => /^replayed [3-9] histories of desk/.test(line)),
      lines.join('\n'),
    ).toBe(true);
    expect(lines.at(-1)).toMatch(/^worker ready: desk, compute, orders, market at /);
  });

  test('uses it, and shows the plan without running it', async () => {
    const run = await runCli(['validate', '--dry-run'], env);
    expect(run.code).toBe(0);
    expect(run.stderr).not.toContain('starting one');
    expect(run.stdout).toMatch(/^12 strategies at L0/);
  });

  test('leaves broken files out and says so; named, they are refused', async () => {
    const mine = join(folder, 'mine');
    const broken = join(mine, 'STR-902-broken.yaml');
    const { mkdirSync } = await import('node:fs');
    mkdirSync(mine);
    writeFileSync(join(mine, 'STR-901-good.yaml'), readFileSync(volume, 'utf8').replace('STR-010', 'STR-901'));
    writeFileSync(
      broken,
      readFileSync(volume, 'utf8')
        .replace('STR-010', 'STR-902')
        .replace(/enterLong: .*/, 'enterLong: smaa(close, 3)'),
    );
    const named = await runCli(['validate', broken, '--json'], env);
    expect(named.code).toBe(2);
    expect(documentOf(named)).toMatchObject({ error: { code: 'BadInput', file: broken, nearest: 'sma' } });
    const unknown = await runCli(['validate', 'STR-0010', '--json'], env);
    expect(unknown.code).toBe(2);
    expect(documentOf(unknown)).toMatchObject({
      error: { code: 'NotFound', nearest: expect.stringMatching(/^STR-0\d\d$/) },
    });
    const absent = await runCli(['validate', join(mine, 'nothing.yaml'), '--json'], env);
    expect(documentOf(absent)).toMatchObject({ error: { code: 'NotFound' } });
  });

  test('a run that asks leaves the question with the ways to answer it', async () => {
    const run = await runCli(['validate', 'STR-012', '--escalation-timeout', '120'], env);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('The run waits for one of three answers');
    const [, workflowId = ''] = / -w (\S+) --name answerEscalation/.exec(run.stdout) ?? [];
    const connection = await Connection.connect({ address: server.address });
    try {
      const handle = new Client({ connection }).workflow.getHandle(workflowId);
      await handle.executeUpdate('answerEscalation', { args: [{ choice: 'goOn', by: 'a test' }] });
      expect(await handle.result()).toMatchObject({ escalation: { answer: { choice: 'goOn', by: 'a test' } } });
    } finally {
      await connection.close();
    }
  });

  test('bars of one’s own that are too few are a FAIL for lack of data, not an error of the command', async () => {
    const file = join(folder, 'BTC-USDT-PERP-1h.csv');
    const hour = (i: number) => new Date(Date.UTC(2024, 0, 1) + i * 3_600_000).toISOString();
    const rows = Array.from({ length: 200 }, (_, i) => `${hour(i)},100,101,99,100,5`);
    writeFileSync(file, ['timestamp,open,high,low,close,volume', ...rows].join('\n'));
    const run = await runCli(
      ['validate', 'STR-010', '--data', `BTC/USDT:USDT=${file}`, '--escalation-timeout', '0', '--json'],
      env,
    );
    expect(run.code).toBe(0);
    expect(documentOf(run)).toMatchObject({
      results: [{ status: 'FAIL', failures: [{ errorType: 'data_unavailable', fixable: false }] }],
    });
    expect(documentOf(await runCli(['why', 'STR-010', '--json'], env))).toMatchObject({
      queue: { status: 'L0_FAILED' },
    });
  });
});

describe('nightdesk worker', () => {
  needsServer();

  test('refuses a queue that nobody knows', async () => {
    const run = await runCli(['worker', '--queues', 'desk,kitchen'], env);
    expect(run.code).toBe(2);
    expect(run.stdout + run.stderr).toContain('--queues: no such queue');
  });

  test('waits for a server that is not there yet', async () => {
    const port = await freePort();
    let waits: () => void = () => {};
    const waiting = new Promise<void>((resolve) => (waits = resolve));
    const worker = startWorkerProcess({
      address: `127.0.0.1:${port}`,
      env: { NIGHTDESK_HOME: folder },
      onLine: (line) => line.startsWith('waiting for the Temporal server') && waits(),
    });
    await waiting;
    const late = await startDevServer({ port, uiPort: 'none', dbFile: 'memory' });
    await worker.whenReady;
    await worker.stop();
    expect(await worker.whenEnded).toBe(0);
    await late.stop();
  });
});

describe('nightdesk validate refuses what is not there before it starts anything', () => {
  const nowhere = { NIGHTDESK_HOME: join(folder, 'nothing-started'), NIGHTDESK_STRATEGIES: strategies };

  test.each([
    ['an id', ['STR-999']],
    ['bars', ['STR-001', '--data', 'nosuch']],
  ])('%s', async (_, args) => {
    const { code, stderr, stdout } = await runCli(['validate', ...args], nowhere);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/no strategy STR-999|no such file or folder/);
    expect(stderr).not.toMatch(/starting|workflow|run /);
  });
});
