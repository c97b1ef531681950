import { Option } from 'commander';
import type { CliCommand } from './command.ts';
import type { FillsOptions } from './fills/export.ts';

/** `nightdesk fills`: what was traded, for spreadsheets and tax tools. */
export const fillsCommand: CliCommand = {
  name: 'fills',
  summary: 'Export every fill with its fee, its value and the profit that it realised, or every lot',
  configure: (command) =>
    command
      .command('export')
      .description('a row for each fill, oldest first; with --lots a row for each lot, with --funding for each payment')
      .addOption(new Option('--csv', 'comma-separated values (the only format)').default(true).hideHelp())
      .addOption(
        new Option('--method <method>', 'which lots a sale closes')
          .choices(['average', 'fifo', 'lifo'])
          .default('average'),
      )
      .addOption(
        new Option(
          '--lots <method>',
          'for tax and accounts: what each lot cost and brought with its fees; closed ones, then open ones',
        )
          .choices(['average', 'fifo', 'lifo'])
          .conflicts(['slippage', 'method']),
      )
      .option('--slippage', 'as diag_slippage_report takes them: beside each fill its order and the prices around it')
      .addOption(
        new Option('--funding', 'a row for each book’s share of each funding payment').conflicts([
          'slippage',
          'lots',
          'method',
        ]),
      )
      .option('--account <name>', 'only of this account')
      .option('--symbol <symbol>', 'only of this market, as BTC/USDT')
      .option('--out <file>', 'write the file, whole or not at all; default: standard output')
      .action(async (options: FillsOptions) => {
        const { exportFills } = await import('./fills/export.ts');
        await exportFills(options);
      }),
};
