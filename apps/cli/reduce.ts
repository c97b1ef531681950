import type { CliCommand } from './command.ts';

/** `nightdesk reduce`: only what makes positions smaller passes, until `resume`. */
export const reduceCommand: CliCommand = {
  name: 'reduce',
  summary: 'Let only orders pass that make positions smaller, until resume (works without Temporal too)',
  configure: (command) =>
    command
      .argument('<account>')
      .requiredOption('--reason <text>', 'why, for the record')
      .option('--json', 'print one JSON document')
      .action(async (account: string, options: { reason: string }) =>
        (await import('./orders/reduce.ts')).reduceByHand(account, options),
      ),
};
