import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkHealth } from '../../../adapters/temporal/server/health.ts';
import { freePort } from '../../../adapters/temporal/server/ports.ts';
import { temporaryFolder } from '../../adapters/temporal/fake-programs.ts';
import { needsServer, temporalServer } from '../../temporal-server.ts';
import { documentOf, runCli } from './run-cli.ts';

const entry = fileURLToPath(new URL('../../../apps/cli/nightdesk.ts', import.meta.url));

/** A desk of its own, whose server no other test sees. */
const newDesk = async () => ({ NIGHTDESK_HOME: await temporaryFolder(), TEMPORAL_CONFIG_FILE: '/dev/null' });

/** `nightdesk server …` in the foreground, once it is ready. */
async function serve(env: Record<string, string>, ...args: readonly string[]) {
  const child = spawn(process.execPath, [entry, 'server', '--json', ...args], { env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [chunk]: unknown[] = await once(child.stdout, 'data');
  const document = JSON.parse(String(chunk)) as { address: string; uiAddress: string; pid: number; reused: boolean };
  return { child, ...document };
}

describe('nightdesk server', () => {
  needsServer();

  test('runs until Ctrl-C, a second one has nothing to do, temporal and doctor find it on its port', async () => {
    const [port, uiPort, env] = [await freePort(), await freePort(), await newDesk()];
    const { child, address, uiAddress, reused } = await serve(env, '--port', `${port}`, '--ui-port', `${uiPort}`);
    expect({ address, uiAddress, reused }).toEqual({
      address: `127.0.0.1:${port}`,
      uiAddress: `http://127.0.0.1:${uiPort}`,
      reused: false,
    });

    const second = await runCli(['server', '--port', `${port}`], env);
    expect(second.code).toBe(0);
    expect(second.stderr).toContain(`runs already at 127.0.0.1:${port}`);

    const list = await runCli(
      ['temporal', 'operator', 'namespace', 'describe', '--namespace', 'default', '-o', 'json'],
      env,
    );
    expect(list.code).toBe(0);
    expect(list.stdout).toContain('"name": "default"');

    const doctor = await runCli(['doctor', '--json'], env);
    expect(doctor.code).toBe(0);
    const { ok, checks } = documentOf(doctor) as {
      ok: boolean;
      checks: { name: string; state: string; found: string }[];
    };
    expect(ok).toBe(true);
    const found = Object.fromEntries(checks.map((check) => [check.name, check.found]));
    expect(found['temporal server']).toMatch(
      new RegExp(`^\\d+\\.\\d+\\.\\d+ at 127\\.0\\.0\\.1:${port} \\(ours, pid \\d+\\)$`),
    );
    expect(found['search attributes']).toBe('StrategyId, Tier, DeskStatus, Venue, AlertLevel');
    expect(found['server latency']).toMatch(/^a timer of 50 ms takes \d+ ms$/);

    child.kill('SIGINT');
    const [code]: unknown[] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(await checkHealth(address)).toBe(undefined);
  }, 60_000);

  test('a port that is taken names who has it, and the option', async () => {
    const { address, pid } = await temporalServer();
    const port = address.slice(address.lastIndexOf(':') + 1);
    const { code, stderr } = await runCli(['server', '--port', port, '--ephemeral'], await newDesk());
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} is taken by temporal (pid ${pid}); that is a Temporal server`);
    expect(stderr).toContain('--port');
  });
});

describe('nightdesk temporal', () => {
  test('passes arguments and exit code through', async () => {
    const version = await runCli(['temporal', '--version']);
    expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^temporal version /) });
    const help = await runCli(['temporal', 'workflow', '--help']);
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('temporal workflow') });
    const wrong = await runCli(['temporal', 'no-such-command', '--json']);
    expect(wrong.code).toBe(1);
  });
});

test.each([['0'], ['65536'], ['1.5'], ['abc'], ['-1']])('port %j is refused', async (port) => {
  const { code, stderr } = await runCli(['server', `--port=${port}`]);
  expect(code).toBe(2);
  expect(stderr).toBe(`error --port: not a port, expected a number from 1 to 65535, found ${port}\n`);
});
