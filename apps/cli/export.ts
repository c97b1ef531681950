import type { CliCommand } from './command.ts';

/** `nightdesk export`: what the store remembers, as files that people and other programs read. */
export const exportCommand: CliCommand = {
  name: 'export',
  summary: 'Write queue.yaml, registry.yaml and learnings.md from the store',
  configure(command) {
    command
      .option('--out <folder>', 'default: the folder exports of the state folder')
      .option('--json', 'print one JSON document')
      .action(async (options: Readonly<{ out?: string; json?: true }>) => {
        const { exportStore } = await import('./export/run.ts');
        await exportStore(options);
      });
  },
};
