/** Entry of the thread that watches over the code of a strategy in TypeScript. */
import { guardCode } from '../../adapters/strategy-code/guard.ts';

guardCode();
