import type { CliCommand } from './command.ts';
import type { PositionsOptions } from './positions/show.ts';

/** `nightdesk positions`: what is held by the ledger, at which cost, in which book. */
export const positionsCommand: CliCommand = {
  name: 'positions',
  summary: 'Show what was bought and sold of each market, at which cost, and for which book',
  configure: (command) =>
    command
      .option('--account <name>', 'only of this account')
      .option('--symbol <symbol>', 'only of this market, as BTC/USDT')
      .option('--all', 'closed ones too')
      .option('--venue', 'ask the venue, too, and show where it says something else, and what is dust')
      .option('--json', 'print one JSON document')
      .action(async (options: PositionsOptions) => {
        const { showPositions } = await import('./positions/show.ts');
        await showPositions(options);
      }),
};
