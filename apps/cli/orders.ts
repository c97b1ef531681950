import type { CliCommand } from './command.ts';
import { addReadCommands } from './orders/read-commands.ts';

/** `nightdesk orders …`: one file of this folder's `orders/` for each subcommand. */
export const ordersCommand: CliCommand = {
  name: 'orders',
  summary: 'List, show, send and cancel orders',
  configure: (command) => {
    addReadCommands(command);
    command
      .command('send')
      .description('show what would happen to an order, and send it (a live account: only with --no-dry-run)')
      .argument('<account>', 'a name in config/api-keys.yaml')
      .argument('<side>', 'buy or sell')
      .argument('<amount>', 'of the base asset, as 0.015')
      .argument('<symbol>', 'as BTC/USDT, or BTC/USDT:USDT for a perpetual')
      .option('--limit <price>', 'a limit order (without: a market order)')
      .option('--stop <price>', 'a stop order, which rests until the price is reached')
      .option('--tif <time in force>', 'GTC, IOC, FOK or PO (post only)')
      .option('--reduce-only', 'never increases a position')
      .option('--book <name>', 'the virtual book that it belongs to (default: manual)')
      .option('--net', 'net it with what other books want at the same moment; needs --book')
      .option('--reason <text>', 'why, for the record')
      .option('--dry-run', 'only show what would happen')
      .option('--no-dry-run', 'send it, on a live account too')
      .option('--wait', 'until it has ended, also when it rests')
      .option('--json', 'print one JSON document')
      .action(async (...args) => {
        const [account, side, amount, symbol, options] = args as [string, string, string, string, object];
        await (await import('./orders/send.ts')).sendOrder({ account, side, amount, symbol }, options);
      });
    command
      .command('cancel')
      .description('cancel what is left of an order (works without Temporal too)')
      .argument('<order>', "a client order id, its first digits, or the venue's number")
      .option('--reason <text>', 'why, for the record')
      .option('--json', 'print one JSON document')
      .action(async (id: string, options: object) => (await import('./orders/cancel.ts')).cancelByHand(id, options));
    command
      .command('restored')
      .description('after the order store was restored from a backup: halt, look up, take over; before anything else')
      .argument('[account]', 'default: all accounts')
      .option('--json', 'print one JSON document')
      .action(async (account: string | undefined, options: object) =>
        (await import('./orders/restored.ts')).takeUpAccounts(account, options),
      );
  },
};
