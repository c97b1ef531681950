import type { CliCommand } from './command.ts';

/** `nightdesk up`: server and worker in the foreground. */
export const upCommand: CliCommand = {
  name: 'up',
  summary: 'Run server and worker until Ctrl-C; a worker that crashes is started again',
  configure: (command) => command.action(run),
};

async function run(): Promise<void> {
  const [{ provideServer }, { keepWorkerProcess }, { aborted, stopSignal }, { notice, print }] = await Promise.all([
    import('../../adapters/temporal/server/provide-server.ts'),
    import('./desk/worker-process.ts'),
    import('./stop-signal.ts'),
    import('./output.ts'),
  ]);
  const { signal, release } = stopSignal();
  const server = await provideServer({ onProgress: notice, signal });
  const worker = keepWorkerProcess({ address: server.settings.address, onLine: print });
  try {
    await Promise.race([worker.whenReady, worker.whenLost, server.whenLost, aborted(signal)]);
    if (!signal.aborted) {
      print(`The desk is up at ${server.settings.address}. Ctrl-C ends it.`);
      if (server.uiAddress !== undefined) print(`Web UI: ${server.uiAddress}`);
    }
    await Promise.race([worker.whenLost, server.whenLost, aborted(signal)]);
    notice('ending the worker, then the server');
  } finally {
    await worker.stop();
    await server.stop();
    release();
  }
}
