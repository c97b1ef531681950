import type { CliCommand } from './command.ts';

/** `nightdesk temporal …`: the Temporal CLI that the desk uses, pointed at the desk's server. */
export const temporalCommand: CliCommand = {
  name: 'temporal',
  summary: "Run the Temporal CLI against the desk's server (nightdesk temporal workflow list)",
  configure: (command) =>
    command
      .argument('[args...]', 'passed on as they are')
      .helpOption(false) // --help is the Temporal CLI's own
      .allowUnknownOption()
      .passThroughOptions()
      .action(run),
};

async function run(args: readonly string[]): Promise<void> {
  const [{ runTemporalCli }, { notice }] = await Promise.all([
    import('../../adapters/temporal/cli/run-cli.ts'),
    import('./output.ts'),
  ]);
  process.exitCode = await runTemporalCli(args, notice);
}
