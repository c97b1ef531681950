/** Entry of the thread that runs the code of a strategy in TypeScript, and nothing else. */
import { serveCode } from '../../adapters/strategy-code/serve.ts';

serveCode();
