import type { CliCommand } from './command.ts';

/** `nightdesk gates`: every gate of the ladder with its threshold, its test and how often luck passes it. */
export const gatesCommand: CliCommand = {
  name: 'gates',
  summary: 'Show the gates of each tier, their thresholds and error rates',
  configure: (command) => {
    command
      .option('--power', 'add what worthless and good strategies pass, as simulated by `npm run bench -- gate-power`')
      .option('--json', 'print one JSON document')
      .action(async (options: { power?: boolean; json?: boolean }) => {
        const { showGates } = await import('./gates/show-gates.ts');
        showGates({ power: options.power === true, json: options.json === true });
      });
  },
};
