import { createSpotGateway } from './binance/spot-gateway.ts';
import { createKrakenGateway } from './kraken/gateway.ts';
import { createUsdmGateway } from './binance/usdm-gateway.ts';
import type { Gateway } from './gateway.ts';
import type { VenueName } from './markets.ts';
import { serve } from './server.ts';
import type { SimulatedAccount, SimulationOptions } from './settings.ts';
import { createSimulation, type Simulation } from './simulation.ts';

export type SimulatedExchange = Readonly<{
  port: number;
  /** `http://127.0.0.1:port` and `ws://…`; venues are below `/bspot`, `/bfut` and `/kr`. */
  url: string;
  ws: string;
  /** Address of the control API. */
  control: string;
  seed: number;
  accounts: readonly SimulatedAccount[];
  simulation: Simulation;
  close(): Promise<void>;
}>;

/** How often the markets are brought up to the host's time. */
const tickMs = 20;

const gatewayOf: Readonly<Record<VenueName, (simulation: Simulation) => Gateway>> = {
  binanceSpot: createSpotGateway,
  binanceUsdm: createUsdmGateway,
  krakenSpot: createKrakenGateway,
};

/** Starts a simulated Binance and Kraken on a loopback port: real HTTP and WebSocket, seeded, with faults on demand. */
export async function startSimulatedExchange(options: SimulationOptions = {}): Promise<SimulatedExchange> {
  const simulation = createSimulation(options, () => Date.now());
  const gateways = simulation.names.map((name) => gatewayOf[name](simulation));
  const server = await serve(simulation, gateways, { port: options.port ?? 0 });
  const timer = simulation.clocks.mode === 'manual' ? undefined : setInterval(() => simulation.sync(), tickMs);
  const { port } = server;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    ws: `ws://127.0.0.1:${port}`,
    control: `http://127.0.0.1:${port}/_sim`,
    seed: simulation.seed,
    accounts: simulation.accounts,
    simulation,
    close: async () => {
      clearInterval(timer);
      await server.close();
    },
  };
}
