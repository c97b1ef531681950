/**
 * The exchange of an episode, in a process of its own that no fault kills: `node exchange-process.ts '{"seed":1,…}'`
 * (options of the simulated exchange). Prints one JSON line when ready; ends when its standard input closes.
 */
import { readyDocument } from '../../../apps/cli/exchange/start.ts';
import { startSimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import type { SimulationOptions } from '../../../adapters/exchange/simulated/settings.ts';

const exchange = await startSimulatedExchange(JSON.parse(process.argv[2] ?? '{}') as SimulationOptions);
process.stdout.write(`${JSON.stringify(readyDocument(exchange))}\n`);
process.stdin.on('close', () => void exchange.close());
process.stdin.resume();
