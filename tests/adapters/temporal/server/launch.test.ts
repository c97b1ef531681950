import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isRunning, startToken } from '../../../../adapters/temporal/process.ts';
import { launchServer } from '../../../../adapters/temporal/server/launch.ts';
import { script, temporaryFolder } from '../fake-programs.ts';
import { killWithGuard } from './kill-with-guard.ts';

const inChild = fileURLToPath(new URL('launch-in-child.ts', import.meta.url));

describe('launchServer', () => {
  test('what it writes is in the log, and its last lines are told at its end', async () => {
    const folder = await temporaryFolder();
    const [program, log] = [await script(join(folder, 'short'), 'echo one', 'echo two >&2'), join(folder, 'log')];
    for (const logged of ['one\ntwo\n', 'one\ntwo\none\ntwo\n']) {
      const { ended } = await launchServer(program, [], log);
      expect(await ended).toBe('one\ntwo');
      expect(readFileSync(log, 'utf8')).toBe(logged);
    }
  });

  test('a program that is not there is refused', async () => {
    const folder = await temporaryFolder();
    await expect(launchServer(join(folder, 'nothing'), [], join(folder, 'log'))).rejects.toThrow('ENOENT');
  });

  test('one whose starter and guard were killed goes on writing its log', async ({ skip }) => {
    skip(process.platform !== 'linux', 'only Linux tells the children of a process without another program');
    const folder = await temporaryFolder();
    const [log, feed] = [join(folder, 'log'), join(folder, 'feed')];
    // It writes a line for each that it is sent, and dies of SIGPIPE as the Temporal server does.
    const echo = await script(join(folder, 'echo'), 'mkfifo "$1"', 'exec 3<>"$1"', 'echo up', 'exec cat <&3');
    const child = spawn(process.execPath, [inChild, log, echo, feed], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const pid = Number(await once(child.stdout, 'data').then(([chunk]) => String(chunk)));
    onTestFinished(() => {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    });
    await expect.poll(() => readFileSync(log, 'utf8')).toBe('up\n');

    await killWithGuard(child);
    const sender = spawn('sh', ['-c', 'echo "still here" > "$1"', 'sh', feed]);
    await once(sender, 'exit');
    await expect.poll(() => readFileSync(log, 'utf8')).toBe('up\nstill here\n');
    expect(await startToken(pid)).toBeDefined();
  });
});
