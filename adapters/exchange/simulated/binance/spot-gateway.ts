import type { Gateway } from '../gateway.ts';
import type { Simulation } from '../simulation.ts';
import { binanceFailure } from './failures.ts';
import { answerBinance } from './gateway.ts';
import { createSpotHost, spotRoutes } from './spot.ts';

/** Binance spot: REST below `/bspot/api/v3`. */
export function createSpotGateway(simulation: Simulation): Gateway {
  const host = createSpotHost(simulation);
  return {
    venue: 'binanceSpot',
    prefix: '/bspot',
    answer: (call, logged) => answerBinance(host, spotRoutes, call, logged),
    failure: binanceFailure,
    accepts: () => false,
    connect: () => {},
    shutdown: () => {},
    ban: ({ ip }, untilMs) => {
      if (ip !== undefined) host.limiter.ban(ip, untilMs);
    },
  };
}
