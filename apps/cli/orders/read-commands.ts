import type { Command } from 'commander';
import { parseCount } from '../data-options.ts';
import type { ListOptions } from './list.ts';

/** `orders list` and `orders show`, which only read. */
export function addReadCommands(command: Command): void {
  command
    .command('list')
    .description('orders, newest first')
    .option('--account <name>', 'only of this account')
    .option('--symbol <symbol>', 'only of this market, as BTC/USDT')
    .option('--book <book>', 'only of this virtual book, as STR-001; netted orders that it has a share of too')
    .option('--state <states>', 'only in these states, as unknown or accepted,partiallyFilled')
    .option('--open', 'only what has not ended, or whose fills are not all in the ledger')
    .option('--limit <n>', 'at most so many, up to 10,000', parseCount, 50)
    .option('--json', 'print one JSON document')
    .action(async (options: ListOptions) => {
      const { listOrders } = await import('./list.ts');
      await listOrders(options);
    });
  command
    .command('show')
    .description('everything that is known of one order: states, fills, decisions, postings, alerts')
    .argument('<order>', "a client order id, its first digits, or the venue's number")
    .option('--json', 'print one JSON document')
    .action(async (order: string, options: Readonly<{ json?: true }>) => {
      const { showOrder } = await import('./show.ts');
      await showOrder(order, options);
    });
}
