import type { CliCommand } from './command.ts';

/** `nightdesk resume`: only a person ends a halt or REDUCING, and says why. */
export const resumeCommand: CliCommand = {
  name: 'resume',
  summary: 'End the halt of an account or its REDUCING, or the halt of one symbol',
  configure: (command) =>
    command
      .argument('<account>')
      .requiredOption('--reason <text>', 'why trading may go on')
      .option('--symbol <symbol>', 'only this one')
      .option('--json', 'print one JSON document')
      .action(async (account: string, options: { reason: string }) =>
        (await import('./orders/halt.ts')).resumeByHand(account, options),
      ),
};
