import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { exclusively } from '../../../adapters/temporal/exclusive.ts';
import { temporaryFolder } from './fake-programs.ts';

const holdInChild = fileURLToPath(new URL('hold-lock-in-child.ts', import.meta.url));

describe('exclusively', () => {
  test('one after the other, each with its own result', async () => {
    const lock = join(await temporaryFolder(), 'deep', 'a.lock');
    let inside = 0;
    let most = 0;
    const work = (result: number) => async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      return result;
    };
    const results = await Promise.all([1, 2, 3, 4].map((n) => exclusively(lock, work(n))));
    expect(results).toEqual([1, 2, 3, 4]);
    expect(most).toBe(1);
  });

  test('work that fails gives the lock back', async () => {
    const lock = join(await temporaryFolder(), 'a.lock');
    const failing = exclusively(lock, async () => Promise.reject(new Error('failed')));
    await expect(failing).rejects.toThrow('failed');
    expect(await exclusively(lock, async () => 'next')).toBe('next');
  });

  test('a holder that is killed gives it back too', async () => {
    const lock = join(await temporaryFolder(), 'a.lock');
    const child = spawn(process.execPath, [holdInChild, lock], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data'); // it holds the lock, and would for ever
    let waited = 0;
    const next = exclusively(lock, async () => 'next', {
      onWait: () => {
        waited += 1;
        child.kill('SIGKILL');
      },
    });
    expect(await next).toBe('next');
    expect(waited).toBe(1);
  });

  test('waiting ends with the signal', async () => {
    const lock = join(await temporaryFolder(), 'a.lock');
    const controller = new AbortController();
    await exclusively(lock, async () => {
      const second = exclusively(lock, async () => 'never', {
        onWait: () => controller.abort(),
        signal: controller.signal,
      });
      await expect(second).rejects.toHaveProperty('name', 'AbortError');
    });
  });

  test('a place that cannot be written to', async () => {
    const folder = await temporaryFolder();
    await expect(exclusively(folder, async () => 'never')).rejects.toMatchObject({
      code: 'StoreUnavailable',
      place: { file: folder },
    });
  });
});
