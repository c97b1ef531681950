import { reply } from '../connection.ts';
import type { Gateway } from '../gateway.ts';
import type { Simulation } from '../simulation.ts';
import { binanceFailure } from './failures.ts';
import { answerBinance } from './gateway.ts';
import { openMarketSocket, spotSocketRules } from './market-socket.ts';
import { createSpotHost, spotRoutes } from './spot.ts';
import { createStreams } from './streams.ts';
import { openWsApi, tellUsers, terminateUsers, type UserSubscriptions } from './ws-api.ts';

/** Binance spot: REST below `/bspot/api/v3`, streams on `/bspot/ws` and `/bspot/stream`, `/bspot/ws-api/v3`. */
export function createSpotGateway(simulation: Simulation): Gateway {
  const host = createSpotHost(simulation);
  const hub = createStreams(host);
  const subscriptions: UserSubscriptions = new Map();
  tellUsers(host, subscriptions);
  simulation.onStep(() => {
    for (const { id } of simulation.accounts) {
      const subscribed = [...subscriptions.values()].some((accounts) =>
        [...accounts.values()].some((account) => account.id === id),
      );
      if (!subscribed) continue;
      if (simulation.faults.strike(['expire-key'], { venue: 'binanceSpot', account: id }))
        terminateUsers(host, subscriptions, id);
    }
  });
  return {
    venue: 'binanceSpot',
    prefix: '/bspot',
    answer: (call, logged) => answerBinance(host, spotRoutes, call, logged),
    failure: binanceFailure,
    accepts: (path) => /^\/(ws-api\/v3|ws|stream)(\/|$)/.test(path),
    connect: (connection) => {
      if (connection.url.startsWith('/ws-api/')) openWsApi(host, connection, { routes: spotRoutes, subscriptions });
      else openMarketSocket(hub, connection, spotSocketRules);
    },
    shutdown: () => {
      const text = JSON.stringify({ e: 'serverShutdown', E: host.venue.nowMs });
      const listening = [...hub.subscribers.values()].flatMap((listeners) => [...listeners]);
      for (const connection of new Set([...listening, ...subscriptions.keys()])) reply(simulation, connection, text);
    },
    ban: ({ ip }, untilMs) => {
      if (ip !== undefined) host.limiter.ban(ip, untilMs);
    },
  };
}
