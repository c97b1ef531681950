/** The entry that bin/nightdesk.mjs starts under Node 24. */
import { runCli } from './main.ts';

process.exitCode = await runCli(process.argv.slice(2));
