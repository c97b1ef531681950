import type { CliCommand } from './command.ts';
import type { BalancesOptions } from './balances/show.ts';

/** `nightdesk balances`: what the ledger says that the venues hold for us. */
export const balancesCommand: CliCommand = {
  name: 'balances',
  summary: 'Show what each account holds by the ledger; with --venue beside what the venue says',
  configure: (command) =>
    command
      .option('--account <name>', 'only of this account')
      .option('--asset <asset>', 'only this one, as USDT')
      .option('--venue', 'ask the venue, too, and show where it says something else')
      .option('--json', 'print one JSON document')
      .action(async (options: BalancesOptions) => {
        const { showBalances } = await import('./balances/show.ts');
        await showBalances(options);
      }),
};
