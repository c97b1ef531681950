import { Command, CommanderError } from 'commander';
import { DeskError, errorRules } from '../../core/errors.ts';
import { commandGroups } from './commands.ts';
import { printFailure } from './output.ts';

/** The version that package.json states; kept here so that `--version` reads no file. A test compares the two. */
export const version = '0.1.0';

/** Builds the command line. Every command takes `--json` where it prints a result. */
export function createProgram(): Command {
  const program = new Command('nightdesk')
    .description('A crypto trading desk that never sleeps, as durable Temporal workflows.')
    .version(version)
    .enablePositionalOptions() // what follows `nightdesk temporal` is the Temporal CLI's, `--version` included
    .showHelpAfterError('(nightdesk --help lists the commands)')
    .configureOutput({ outputError: (text, write) => write(text) });
  for (const [heading, commands] of Object.entries(commandGroups)) {
    for (const { name, summary, configure } of commands)
      configure(program.command(name).description(summary).helpGroup(heading));
  }
  for (const command of everyCommand(program)) command.exitOverride();
  return program;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Runs one command line and returns its exit code: 0 done, 1 failed, 2 wrong usage or bad input, 3 not reachable. */
export async function runCli(args: readonly string[]): Promise<number> {
  const json = args.includes('--json');
  try {
    await createProgram().parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) return printFailure(thrown, json);
    if (thrown.exitCode === 0) return 0; // --help and --version
    return json ? printFailure(usageError(thrown), true) : errorRules.Usage.exitCode;
  }
}

const usageError = (thrown: CommanderError) => new DeskError('Usage', thrown.message.replace(/^error: /, ''));
