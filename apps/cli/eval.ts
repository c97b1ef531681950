import { Option } from 'commander';
import { timeframes, type Timeframe } from '../../core/market/timeframe.ts';
import type { CliCommand } from './command.ts';
import { addDataOptions, type DataOptions } from './data-options.ts';
import { setOption } from './strategy-options.ts';

export type EvalOptions = DataOptions &
  Readonly<{ set?: readonly string[]; symbol?: string; timeframe?: Timeframe; json?: true }>;

/** `nightdesk eval`: what an expression is at every bar. */
export const evalCommand: CliCommand = {
  name: 'eval',
  summary: 'Evaluate an expression on recorded bars',
  configure(command) {
    addDataOptions(command.argument('<expression>', "as in strategy files: 'rsi(close, 14)'"))
      .addOption(setOption())
      .option('--symbol <symbol>', 'which bars, where --data does not say it; default: BTC/USDT:USDT')
      .addOption(new Option('--timeframe <timeframe>', "default: the data's own").choices(timeframes))
      .option('--json', 'print one JSON document')
      .addHelpText(
        'after',
        "\nFunctions with several outputs are asked for one at a time: 'macd(close, 12, 26, 9).line'",
      )
      .action(async (expression: string, options: EvalOptions) => {
        const { runEval } = await import('./eval/run.ts');
        await runEval(expression, options);
      });
  },
};
