import type { Command } from 'commander';
import type { CliCommand } from './command.ts';

type Json = Readonly<{ json?: true }>;

/** Options of `plugins run`, as commander gives them. */
export type RunOptions = Json &
  Readonly<{
    input?: string;
    params?: string;
    data?: string;
    fills?: string;
    fetch?: true;
    query?: string;
    payload?: string;
    svg?: string;
    strict?: true;
  }>;

/** `nightdesk plugins list|show|example|run`: the analytics of the catalogue, on anybody's numbers. */
export const pluginsCommand: CliCommand = {
  name: 'plugins',
  summary: 'List, explain and run the analytics plugins',
  configure(command) {
    configureList(command);
    configureShow(command);
    configureExample(command);
    configureRun(command);
  },
};

function configureList(command: Command): void {
  command
    .command('list')
    .description('Every plugin, one line each')
    .option('--category <name>', 'only alpha, risk, fe or diag')
    .option('--kind <name>', 'only pure, stateful, source or effect')
    .option('--json', 'print one JSON document')
    .action(async (options: Json & { category?: string; kind?: string }) => {
      const { listPlugins } = await import('../plugins/list.ts');
      listPlugins(options);
    });
}

function configureShow(command: Command): void {
  command
    .command('show <id>')
    .description('What a plugin answers, its inputs, parameters with units and defaults, outputs, reference')
    .option('--json', 'print one JSON document')
    .action(async (id: string, options: Json) => {
      const { showPlugin } = await import('../plugins/show.ts');
      showPlugin(id, options);
    });
}

function configureExample(command: Command): void {
  command
    .command('example <id>')
    .description('Print an example to start from: {"input": …, "params": …}, which `run --input` takes')
    .action(async (id: string) => {
      const { printExample } = await import('../plugins/show.ts');
      printExample(id);
    });
}

function configureRun(command: Command): void {
  command
    .command('run <id>')
    .description('Run a plugin on a JSON file, on bars, or on what its provider says')
    .option('--input <file>', 'JSON: the input, or {"input": …, "params": …}; - for standard input')
    .option('--params <file>', 'JSON: the params')
    .option('--data <SYMBOL=file>', 'bars whose closes or returns become the input, where the meaning is clear')
    .option('--fills <file>', 'CSV or JSON rows of fills, for diag_slippage_report')
    .option('--fetch', 'ask the provider of a source plugin for its input')
    .option('--query <file>', 'JSON: what --fetch asks for; `plugins show` has its fields')
    .option('--payload <file>', 'write what --fetch got there; --input takes it')
    .option('--svg <file>', 'write the plugin’s picture there')
    .option('--strict', 'check the output against its schema')
    .option('--json', 'print one JSON document')
    .action(async (id: string, options: RunOptions) => {
      const { runPluginCommand } = await import('../plugins/run.ts');
      await runPluginCommand(id, options);
    });
}
