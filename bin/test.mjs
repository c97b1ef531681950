// `npm test [-- vitest arguments]`: set-up if needed, then the tests.
import { join } from 'node:path';
import { nodeBinary, root, run } from './launch.mjs';
import { setUp } from './setup.mjs';

await setUp();
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
process.exitCode = await run(nodeBinary(), [vitest, 'run', ...process.argv.slice(2)], { cwd: root });
