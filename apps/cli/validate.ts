import { InvalidArgumentError } from 'commander';
import type { CliCommand } from './command.ts';
import { addDataOptions } from './data-options.ts';
import type { ValidateOptions } from './validate/input.ts';

/** `nightdesk validate`: many strategies at once through a tier of gates. */
export const validateCommand: CliCommand = {
  name: 'validate',
  summary: 'Validate strategies in parallel, as a durable workflow, and print their verdicts',
  configure: (command) => {
    command
      .argument('[strategy...]', 'ids or files; default: every valid strategy file')
      .option('--tier <tier>', 'L0 sanity, L1 quick, L2 full, L3 extended', 'L0')
      .option('--through <tier>', 'go on up to this tier with what passes; --tier is then the first one')
      .option('--queue-size <n>', 'at most so many strategies', parseNumber)
      .option('--workers <n>', 'strategies in flight at once (default: config)', parseNumber)
      .option('--queued', 'only strategies that wait for the tier')
      .option('--dry-run', 'print the plan and stop')
      .option('--timeout <seconds>', 'time limit of one strategy (default: config)', parseNumber)
      .option(
        '--escalation-timeout <seconds>',
        'how long the run waits for your answer when too many fail (default: config; 0 when the server ends with us)',
        parseNumber,
      )
      .option(
        '--task-timeout <duration>',
        'workflow task time-out: how soon a task of a dead worker is given to another',
        parseDuration,
        3_000,
      )
      .option('--json', 'print one JSON document');
    addDataOptions(command).action(run);
  },
};

async function run(names: string[], options: ValidateOptions): Promise<void> {
  const { validateNow } = await import('./validate/validate-now.ts');
  await validateNow(names, options);
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** `3s`, `500ms`, `1m`: 100 ms to 2 minutes. */
function parseDuration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const ms = Number(number) * (unitMs[unit ?? ''] ?? Number.NaN);
  if (ms >= 100 && ms <= 120_000) return ms;
  throw new InvalidArgumentError('expected a duration from 100ms to 2m, as 3s');
}
