/**
 * Ends a server when the process that started it is gone, however it went. Started as `node guard.ts <pid> <token>`
 * with a pipe on standard input whose other end only that process holds: its end is ours to read, on every system.
 * It runs in a session of its own, so that Ctrl-C on the terminal reaches neither it nor the server.
 */
import { endProcess } from './end-process.ts';

const [pid = '', token = ''] = process.argv.slice(2);
process.stdin.resume();
process.stdin.once('close', () => void endProcess(Number(pid), token));
