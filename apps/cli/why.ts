import type { CliCommand } from './command.ts';

/** `nightdesk why`: the chain from a file to its verdict. */
export const whyCommand: CliCommand = {
  name: 'why',
  summary: 'Say why a strategy, or every strategy of a run, got its verdict',
  configure: (command) =>
    command
      .argument('<strategyId or runId>', 'STR-001, or the id that validate printed')
      .option('--json', 'print one JSON document')
      .action(run),
};

async function run(subject: string, { json }: Readonly<{ json?: true }>): Promise<void> {
  const { explain } = await import('./why/explain.ts');
  await explain(subject, json === true);
}
