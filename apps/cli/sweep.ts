import { InvalidArgumentError } from 'commander';
import type { CliCommand } from './command.ts';
import { addDataOptions, addSealOption, type DataOptions } from './data-options.ts';
import { addStrategyOptions, type StrategyOptions } from './strategy-options.ts';

export type SweepCommandOptions = StrategyOptions &
  DataOptions &
  Readonly<{
    unseal?: true;
    grid?: readonly string[];
    out?: string;
    resume?: true;
    threads?: number;
    yes?: true;
    json?: true;
  }>;

const mostThreads = 256;

/** `nightdesk sweep`: a strategy at every point of a grid of parameters. */
export const sweepCommand: CliCommand = {
  name: 'sweep',
  summary: 'Run a strategy at every point of a grid of parameters',
  configure(command) {
    addDataOptions(command.argument('<strategy>', 'a strategy file, or an id as STR-001'));
    addStrategyOptions(addSealOption(command))
      .option(
        '--grid <name=from:to:step>',
        'values of a parameter, or name=a,b,c (repeatable); default: every parameter over its range',
        (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
      )
      .option('--out <file>', 'write the points to file.csv or file.parquet')
      .option('--resume', 'go on where the same sweep was stopped')
      .option('--threads <n>', 'default: one a core', parseThreads)
      .option('--yes', 'go on with more than a million points')
      .option('--json', 'print one JSON document')
      .action(async (strategy: string, options: SweepCommandOptions) => {
        const { runSweepCommand } = await import('./sweep/run.ts');
        await runSweepCommand(strategy, options);
      });
  },
};

function parseThreads(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= mostThreads) return value;
  throw new InvalidArgumentError(`expected an integer from 1 to ${mostThreads}`);
}
