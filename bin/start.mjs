// `npm start [-- options]`: set-up if needed, then the demo.
import { join } from 'node:path';
import { nodeBinary, root, run } from './launch.mjs';
import { setUp } from './setup.mjs';

await setUp();
process.exitCode = await run(nodeBinary(), [
  join(root, 'apps', 'cli', 'nightdesk.ts'),
  'start',
  ...process.argv.slice(2),
]);
