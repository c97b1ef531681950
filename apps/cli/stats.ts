import type { Command } from 'commander';
import type { CliCommand } from './command.ts';

/** `nightdesk stats`: the statistics of validation, for anybody's numbers. */
export const statsCommand: CliCommand = {
  name: 'stats',
  summary: 'Compute a statistic of validation from a JSON file (`stats list` names them)',
  configure(command: Command) {
    command
      .argument('<name>', 'a name of `stats list`, or `list`')
      .option('--input <file>', 'JSON object with the inputs; - for standard input')
      .option('--json', 'print one JSON document')
      .action(async (name: string, options: { input?: string; json?: boolean }) => {
        const { listStatistics, runStatistic } = await import('../statistics/run.ts');
        if (name === 'list') listStatistics({ json: options.json === true });
        else
          await runStatistic(name, {
            json: options.json === true,
            ...(options.input !== undefined && { input: options.input }),
          });
      });
  },
};
