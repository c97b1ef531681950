import type { CliCommand } from './command.ts';

/** `nightdesk status`: what runs, and who does the work. */
export const statusCommand: CliCommand = {
  name: 'status',
  summary: 'Show server, workers and the runs that are under way',
  configure: (command) => command.option('--json', 'print one JSON document').action(run),
};

async function run({ json }: Readonly<{ json?: true }>): Promise<void> {
  const { showStatus } = await import('./status/show-status.ts');
  await showStatus(json === true);
}
