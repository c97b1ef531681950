import { type DataOptions, addDataOptions, addSealOption } from './data-options.ts';
import type { CliCommand } from './command.ts';
import { addStrategyOptions, type StrategyOptions } from './strategy-options.ts';

export type BacktestCommandOptions = StrategyOptions &
  DataOptions &
  Readonly<{ unseal?: true; trades?: true; equity?: true; out?: string; json?: true }>;

/** `nightdesk backtest`: one run of one strategy, by the event engine. */
export const backtestCommand: CliCommand = {
  name: 'backtest',
  summary: 'Run a strategy on recorded bars',
  configure(command) {
    addDataOptions(command.argument('<strategy>', 'a strategy file, or an id as STR-001'));
    addStrategyOptions(addSealOption(command))
      .option('--trades', 'show every trade')
      .option('--equity', 'show the equity curve')
      .option('--out <file>', 'write the trades to file.csv or file.parquet')
      .option('--json', 'print one JSON document')
      .action(async (strategy: string, options: BacktestCommandOptions) => {
        const { runBacktestCommand } = await import('./backtest/run.ts');
        await runBacktestCommand(strategy, options);
      });
  },
};
