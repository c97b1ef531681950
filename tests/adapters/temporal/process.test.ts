import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { isRunning, startToken } from '../../../adapters/temporal/process.ts';

describe('startToken', () => {
  test('names a process while it runs', async () => {
    const ours = await startToken(process.pid);
    expect(ours).toMatch(/./);
    expect(await startToken(process.pid)).toBe(ours);
    const child = spawn('cat');
    const token = await startToken(child.pid ?? 0);
    expect(token).toMatch(/./); // not compared with ours: ps tells whole seconds
    child.kill();
    await once(child, 'exit');
    expect(await startToken(child.pid ?? 0)).toBe(undefined);
    expect(isRunning(child.pid ?? 0)).toBe(false);
  });
});
