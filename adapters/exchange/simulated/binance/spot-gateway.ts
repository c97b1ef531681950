import { reply } from '../connection.ts';
import type { Gateway } from '../gateway.ts';
import type { Simulation } from '../simulation.ts';
import { binanceFailure } from './failures.ts';
import { answerBinance } from './gateway.ts';
import { binanceConnectLimit, openMarketSocket, spotSocketRules } from './market-socket.ts';
import { createSpotHost, spotRoutes } from './spot.ts';
import { spotExtraRoutes } from './spot-extras.ts';
import { createStreams } from './streams.ts';
import { spotApiMethods } from './ws-api-methods.ts';
import { openWsApi, tellUsers, terminateUsers, type UserSubscriptions } from './ws-api.ts';

/** Binance spot: REST below `/bspot/api/v3`, streams on `/bspot/ws` and `/bspot/stream`, `/bspot/ws-api/v3`. */
export function createSpotGateway(simulation: Simulation): Gateway {
  const host = createSpotHost(simulation);
  const hub = createStreams(host);
  const routes = { ...spotRoutes, ...spotExtraRoutes };
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
  const gateway: Gateway = {
    venue: 'binanceSpot',
    prefix: '/bspot',
    roots: ['/api', '/sapi', '/ws-api'],
    answer: (call, logged) => answerBinance(host, routes, call, logged),
    failure: binanceFailure,
    accepts: (path) => /^\/(ws-api\/v3|ws|stream)(\/|$)/.test(path),
    connectLimit: binanceConnectLimit,
    connect: (connection) => {
      if (connection.url.startsWith('/ws-api/')) openWsApi(host, connection, api);
      else openMarketSocket(hub, connection, spotSocketRules);
    },
    shutdown: () => {
      const text = JSON.stringify({ e: 'serverShutdown', E: host.venue.nowMs });
      const listening = [...hub.subscribers.values()].flatMap((listeners) => [...listeners]);
      for (const connection of new Set([...listening, ...subscriptions.keys()])) reply(simulation, connection, text);
    },
    ban: (who, untilMs) => host.limiter.ban('ip' in who ? who.ip : who.account, untilMs),
  };
  const api = { methods: spotApiMethods, routes, rules: spotSocketRules, gateway, subscriptions };
  return gateway;
}
