import type { CliCommand } from './command.ts';

/** `nightdesk reconcile`: store against venue, once. */
export const reconcileCommand: CliCommand = {
  name: 'reconcile',
  summary: 'Compare the store with the venue: orders, fills, holdings (works without Temporal too)',
  configure: (command) =>
    command
      .argument('[account]', 'default: all accounts')
      .option('--json', 'print one JSON document')
      .action(async (account: string | undefined, options: object) =>
        (await import('./orders/reconcile.ts')).reconcileByHand(account, options),
      ),
};
