import type { CliCommand } from './command.ts';

type Options = Readonly<{ queues?: string; verify?: true; address?: string }>;

/** `nightdesk worker`: one worker process in the foreground. */
export const workerCommand: CliCommand = {
  name: 'worker',
  summary: 'Run a worker that does the desk’s work (Ctrl-C lets it finish what it has in hand)',
  configure: (command) =>
    command
      .option('--queues <names>', 'task queues to serve, with commas between them', 'desk,compute,orders,market')
      .option('--verify', 'first replay recent histories: refuse to start if this code would break running workflows')
      .option('--address <host:port>', 'the Temporal server; default: TEMPORAL_ADDRESS, temporal.toml, 127.0.0.1:7233')
      .action(run),
};

async function run({ queues, verify, address }: Options): Promise<void> {
  const [{ startWorkerProcess }, { aborted, stopSignal }, { print }] = await Promise.all([
    import('./desk/worker-process.ts'),
    import('./stop-signal.ts'),
    import('./output.ts'),
  ]);
  const { signal, release } = stopSignal();
  const worker = startWorkerProcess({
    onLine: print,
    ...(queues !== undefined && { queues }),
    ...(verify && { verify }),
    ...(address !== undefined && { address }),
  });
  const code = await Promise.race([worker.whenEnded, aborted(signal).then(() => undefined)]);
  if (code === undefined) await worker.stop();
  // Nobody asked it to end: whatever it says, that is a failure.
  else process.exitCode = code === 0 ? 1 : Math.abs(code);
  release();
}
