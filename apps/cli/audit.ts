import { InvalidArgumentError } from 'commander';
import type { CliCommand } from './command.ts';

export type AuditOptions = Readonly<{
  trials: number;
  startEquity?: number;
  periodsPerYear?: number;
  strategy?: string;
  seed: number;
  json?: true;
}>;

/** `nightdesk audit`: what anybody's track record is worth. */
export const auditCommand: CliCommand = {
  name: 'audit',
  summary: "Judge anybody's returns or trades: is it more than luck?",
  configure(command) {
    command
      .argument('<file>', 'CSV of returns, equity or trades; trades of freqtrade (also JSON), backtesting.py, vectorbt')
      .option('--trials <n>', 'strategies, parameters and edits that were tried, this one included', parsePositive, 1)
      .option('--start-equity <money>', 'account at the start: makes trades daily returns', parsePositive)
      .option('--periods-per-year <n>', 'where the file has no times', parsePositive)
      .option('--strategy <name>', 'which one, where a freqtrade file has several')
      .option('--seed <n>', 'of everything that is drawn', parseSeed, 0)
      .option('--json', 'print one JSON document')
      .action(async (file: string, options: AuditOptions) => {
        const { runAudit } = await import('./audit/run.ts');
        runAudit(file, options);
      });
  },
};

function parsePositive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('expected a number above 0');
}

function parseSeed(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
  throw new InvalidArgumentError('expected an integer from 0 to 4294967295');
}
