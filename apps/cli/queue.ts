import type { CliCommand } from './command.ts';

/** `nightdesk queue`: where every strategy stands, and why. */
export const queueCommand: CliCommand = {
  name: 'queue',
  summary: 'Show where every strategy stands between the tiers, and why it stopped',
  configure(command) {
    command
      .option('--status <status>', 'only those, as QUEUED, L1_PASSED, L2_FAILED or FIXABLE_FAILURE')
      .option('--json', 'print one JSON document')
      .action(async (options: Readonly<{ status?: string; json?: true }>) => {
        const { showQueue } = await import('./queue/show.ts');
        await showQueue(options);
      });
  },
};
