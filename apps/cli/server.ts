import type { DevServer } from '../../adapters/temporal/server/dev-server.ts';
import type { CliCommand } from './command.ts';
import { portOption } from './port-option.ts';

type Options = Readonly<{ port: number; uiPort?: number; ephemeral?: true; json?: true }>;

/** `nightdesk server`: a Temporal development server in the foreground, and nothing else. */
export const serverCommand: CliCommand = {
  name: 'server',
  summary: 'Run a Temporal server with Web UI for the desk (Ctrl-C stops it)',
  configure: (command) =>
    command
      .option('--port <port>', 'port of the server', portOption('--port'), 7233)
      .option('--ui-port <port>', 'port of the Web UI (default: port + 1000)', portOption('--ui-port'))
      .option('--ephemeral', 'keep everything in memory: nothing is left when it ends')
      .option('--json', 'print one JSON document when the server is ready')
      .action(run),
};

async function run({ port, uiPort, ephemeral, json }: Options): Promise<void> {
  const [{ keepDevServer }, { notice, printJson }, { aborted, stopSignal }] = await Promise.all([
    import('../../adapters/temporal/server/keep.ts'),
    import('./output.ts'),
    import('./stop-signal.ts'),
  ]);
  const { signal, release } = stopSignal();
  try {
    const kept = await keepDevServer({
      port,
      ...(uiPort !== undefined && { uiPort }),
      ...(ephemeral && { dbFile: 'memory' }),
      onProgress: notice,
      signal,
    });
    const server = kept.current();
    if (json) printJson(documentOf(server));
    else describe(server, { ephemeral, notice });
    if (!server.reused) {
      await Promise.race([aborted(signal), kept.whenLost]);
      if (!json) notice('stopping the Temporal server');
    }
    await kept.stop();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    release();
  }
}

const documentOf = ({ address, uiAddress, pid, serverVersion, reused }: DevServer) => ({
  address,
  uiAddress,
  pid,
  serverVersion,
  reused,
});

function describe(
  { address, uiAddress, pid, serverVersion, reused }: DevServer,
  { ephemeral, notice }: Readonly<{ ephemeral: true | undefined; notice: (line: string) => void }>,
): void {
  if (reused) return notice(`nothing to do: process ${pid} serves it, with the Web UI at ${uiAddress ?? '(none)'}`);
  notice(`Temporal server ${serverVersion} is ready at ${address} (pid ${pid})`);
  if (uiAddress !== undefined) notice(`Web UI: ${uiAddress}`);
  notice(ephemeral ? 'In memory: everything is lost when it ends.' : 'What it holds survives a restart.');
  notice('Ctrl-C stops it.');
}
