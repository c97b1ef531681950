import type { CliCommand } from './command.ts';

/** Every command, in the order of `nightdesk --help`. A new one is a file beside this and a line here. */
export const commands: readonly CliCommand[] = [];
