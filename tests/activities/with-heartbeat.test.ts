import { setTimeout as pause } from 'node:timers/promises';
import { CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, describe, expect, test } from 'vitest';
import { withHeartbeat } from '../../activities/with-heartbeat.ts';
import { createThreadPool } from '../../adapters/threads/pool.ts';
import { createValidationCompute, type ValidationTask } from '../../adapters/validation/compute.ts';
import { DeskError } from '../../core/errors.ts';
import { needsServer } from '../temporal-server.ts';
import { startTestDesk } from '../test-desk.ts';

const environment = (info = {}) => new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });

const run = <T>(work: (signal: AbortSignal) => Promise<T>, env = environment()) => env.run(() => withHeartbeat(work));

describe('withHeartbeat', () => {
  test('gives the result of the work', async () => {
    expect(await run(async () => 7)).toBe(7);
  });

  test('beats while the work lasts, and not after it', async () => {
    const env = environment({ heartbeatTimeoutMs: 60 });
    let beats = 0;
    const enough = new Promise<void>((resolve) => {
      env.on('heartbeat', () => {
        beats++;
        if (beats === 3) resolve();
      });
    });
    await run(() => enough, env);
    const atEnd = beats;
    await pause(50);
    expect(beats).toBe(atEnd);
  });

  test.each([
    ['BadInput', true],
    ['DataUnavailable', true],
    ['StoreUnavailable', false],
    ['WorkerCrashed', false],
  ] as const)('turns %s into its application failure', async (code, nonRetryable) => {
    const place = { file: 'a.yaml', line: 3 };
    const failing = run(async () => {
      throw new DeskError(code, 'no good', place);
    });
    await expect(failing).rejects.toMatchObject({
      name: 'ApplicationFailure',
      type: code,
      nonRetryable,
      message: 'a.yaml:3: no good',
      details: [{ code, message: 'no good', ...place }],
    });
  });

  test('what is no DeskError is a defect: Internal, never tried again', async () => {
    const failing = run(async () => {
      throw new TypeError('undefined is not a function');
    });
    await expect(failing).rejects.toMatchObject({ type: 'Internal', nonRetryable: true });
  });

  const untilAborted = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new DeskError('Cancelled', 'stopped')));
    });

  test('a cancel ends the work and stays a cancel', async () => {
    const env = environment();
    const running = run(untilAborted, env);
    env.cancel('CANCELLED');
    await expect(running).rejects.toBeInstanceOf(CancelledFailure);
  });

  test('a worker that shuts down hands the work on instead of failing it', async () => {
    const env = environment();
    const running = run(untilAborted, env);
    env.cancel('WORKER_SHUTDOWN');
    await expect(running).rejects.toMatchObject({ type: 'WorkerCrashed', nonRetryable: false });
  });
});

describe('a runaway strategy', () => {
  needsServer();

  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  const threads = 2;
  const cpuSeconds = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };

  async function openDesk() {
    const pool = createThreadPool<ValidationTask, unknown>(new URL('../threads/burn.ts', import.meta.url), threads);
    closing.push(() => pool.close());
    const desk = await startTestDesk(createValidationCompute(pool), { threads });
    closing.push(() => desk.stop());
    return desk;
  }

  /** CPU seconds of the whole process in half a second: two runaways would use a whole one on two cores. */
  async function idleCpu(): Promise<number> {
    const before = cpuSeconds();
    await pause(500);
    return cpuSeconds() - before;
  }

  test('burns no more CPU within a second after its run is cancelled', async () => {
    const desk = await openDesk();
    const handle = await desk.start();
    const before = cpuSeconds();
    await expect.poll(() => cpuSeconds() - before, { timeout: 60_000 }).toBeGreaterThan(1.5);
    const atCancel = cpuSeconds();
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(/cancelled/i);
    // From the cancel to the end each thread may burn one second, and the workers need a little themselves.
    expect(cpuSeconds() - atCancel).toBeLessThan(threads * 1 + 0.5);
    expect(await idleCpu()).toBeLessThan(0.25);
  });

  test('burns no more CPU after it ran out of time', async () => {
    const desk = await openDesk();
    const result = await desk.run({ timeoutSeconds: 1, escalationTimeoutSeconds: 0 });
    expect(result.summary).toMatchObject({ timedOut: 2 });
    expect(await idleCpu()).toBeLessThan(0.25);
  });
});
