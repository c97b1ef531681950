import type { Command } from 'commander';

/**
 * One command of `nightdesk`, one file in this folder, one line in commands.ts.
 * A file's top level imports only what `--help` needs (no engine, no Temporal, no DuckDB): `run` imports the rest
 * when it is called, so that `nightdesk --help` stays under 0.2 s.
 */
export type CliCommand = Readonly<{
  name: string;
  summary: string;
  /** Arguments and options, and `.action(…)`; or subcommands, each with its own. */
  configure(command: Command): void;
}>;
