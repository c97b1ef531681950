/**
 * Launches a program in a process of its own, which a test can kill, prints its pid and stays:
 * `node launch-in-child.ts <log file> <program> <argument>...`.
 */
import { launchServer } from '../../../../adapters/temporal/server/launch.ts';

const [logFile = '', program = '', ...args] = process.argv.slice(2);
const { pid } = await launchServer(program, args, logFile);
process.stdout.write(`${pid}\n`);
process.stdin.resume();
