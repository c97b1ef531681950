/** The entry that bin/nightdesk.mjs starts under Node 24. */
import { runCli } from './main.ts';

// A reader that has seen enough (`nightdesk … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runCli(process.argv.slice(2));
