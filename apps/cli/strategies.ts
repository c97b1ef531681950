import type { Command } from 'commander';
import type { CliCommand } from './command.ts';
import { addDataOptions, type DataOptions } from './data-options.ts';
import type { CheckOptions } from './strategies/check.ts';
import type { NewOptions } from './strategies/new.ts';

type Json = Readonly<{ json?: true }>;

/** `nightdesk strategies list|show|check|new`: the strategy files of the desk. */
export const strategiesCommand: CliCommand = {
  name: 'strategies',
  summary: 'List, show, check and write strategy files',
  configure(command) {
    configureList(command);
    configureShow(command);
    configureCheck(command);
    configureNew(command);
  },
};

function configureList(command: Command): void {
  command
    .command('list')
    .description('Every strategy file of the folder, one line each')
    .option('--json', 'print one JSON document')
    .action(async (options: Json) => {
      const { listStrategies } = await import('./strategies/list.ts');
      await listStrategies(options);
    });
}

function configureShow(command: Command): void {
  command
    .command('show <id-or-file>')
    .description('One strategy as the desk understands it: parameters, signals, exits, hash')
    .option('--json', 'print one JSON document')
    .action(async (idOrFile: string, options: Json) => {
      const { showStrategy } = await import('./strategies/show.ts');
      await showStrategy(idOrFile, options);
    });
}

function configureCheck(command: Command): void {
  const check = command
    .command('check [files...]')
    .description('Check strategy files (default: all of the folder); all mistakes at once, with line and field')
    .option(
      '--lookahead',
      'also check on bars for 14 kinds of leaks, later bars seen above all (uses the data options)',
    )
    .option('--json', 'print one JSON document');
  addDataOptions(check).action(async (files: readonly string[], options: CheckOptions & DataOptions) => {
    const { checkStrategies } = await import('./strategies/check.ts');
    await checkStrategies(files, options);
  });
}

function configureNew(command: Command): void {
  command
    .command('new')
    .description('Write a new strategy file; asks for what no option says when on a terminal')
    .option('--name <text>', 'its name')
    .option('--hypothesis <text>', 'why it should earn money, so that a test can say no')
    .option('--universe <symbols>', 'symbols, separated by commas; the first is the primary asset')
    .option('--timeframe <timeframe>', 'length of a bar, as 1h')
    .option('--enter-long <expression>', 'when to buy')
    .option('--exit-long <expression>', 'when to sell what was bought')
    .option('--enter-short <expression>', 'when to sell short')
    .option('--exit-short <expression>', 'when to buy back')
    .option('--id <id>', 'its id (default: the next free one)')
    .option('--json', 'print one JSON document')
    .action(async (options: NewOptions) => {
      const { newStrategy } = await import('./strategies/new.ts');
      await newStrategy(options);
    });
}
