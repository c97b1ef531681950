/**
 * Starts a server in a process of its own, which a test can kill, prints what it got as one JSON line and stays:
 * `node start-in-child.ts <port> <database file>`.
 */
import { startDevServer } from '../../../../adapters/temporal/server/dev-server.ts';

const [port, dbFile = ''] = process.argv.slice(2);
const { address, pid, reused } = await startDevServer({ port: Number(port), uiPort: 'none', dbFile });
process.stdout.write(`${JSON.stringify({ address, pid, reused })}\n`);
process.stdin.resume();
