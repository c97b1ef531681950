import type { CliCommand } from './command.ts';

export type TrialsOptions = Readonly<{ all?: true; json?: true }>;

/** `nightdesk trials`: what has been tried of an idea, by whom, and what that costs. */
export const trialsCommand: CliCommand = {
  name: 'trials',
  summary: 'Count what was ever tried of a strategy and its near copies, and what was seen',
  configure(command) {
    command
      .argument('<strategy>', 'a strategy file, or an id as STR-001')
      .option('--all', 'every entry of the ledger, not the newest 20')
      .option('--json', 'print one JSON document')
      .action(async (strategy: string, options: TrialsOptions) => {
        const { showTrials } = await import('./trials/show.ts');
        await showTrials(strategy, options);
      });
  },
};
