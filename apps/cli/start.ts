import type { CliCommand } from './command.ts';

/** `nightdesk start`, which `npm start` runs: the desk from nothing to verdicts, in one command. */
export const startCommand: CliCommand = {
  name: 'start',
  summary: 'The demo: start the desk, validate every strategy, write the report, stay up',
  configure: (command) => command.option('--exit', 'end after the run instead of staying up').action(run),
};

async function run({ exit }: Readonly<{ exit?: true }>): Promise<void> {
  const { runDemo } = await import('./start/demo.ts');
  await runDemo({ stay: exit !== true });
}
