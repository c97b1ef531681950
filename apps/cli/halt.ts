import type { CliCommand } from './command.ts';

/** `nightdesk halt`: no order any more, and nothing left open. */
export const haltCommand: CliCommand = {
  name: 'halt',
  summary: 'Halt an account, or all: no order passes, and everything is cancelled (works without Temporal too)',
  configure: (command) =>
    command
      .argument('[account]', 'default: all accounts')
      .option('--reason <text>', 'why, for the record')
      .option('--symbol <symbol>', 'only this one; nothing is cancelled')
      .option('--no-wait', 'leave the last cancels to the guard')
      .option('--json', 'print one JSON document')
      .action(async (account: string | undefined, options: { wait: boolean }) =>
        (await import('./orders/halt.ts')).haltByHand(account, options),
      ),
};
