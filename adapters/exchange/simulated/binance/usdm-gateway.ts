import { reply } from '../connection.ts';
import type { Gateway } from '../gateway.ts';
import type { Simulation } from '../simulation.ts';
import { binanceFailure } from './failures.ts';
import { answerBinance } from './gateway.ts';
import type { BinanceHost } from './host.ts';
import { binanceConnectLimit, keepAlive, openMarketSocket, usdmSocketRules } from './market-socket.ts';
import { createRateLimiter, usdmLimits } from './rate-limits.ts';
import { createStreams } from './streams.ts';
import { strikeCountdowns, usdmRoutes, type Countdowns } from './usdm.ts';
import { openWsApi } from './ws-api.ts';
import { usdmApiMethods } from './ws-api-methods.ts';
import { createListenKeys, listenKeyRoutes, openUserSocket } from './usdm-user-stream.ts';

/** Binance USD-M: REST below `/bfut/fapi`, streams on `/bfut/{public,market}/ws`, user data on `/bfut/private/ws`, orders on `/bfut/ws-fapi/v1`. */
export function createUsdmGateway(simulation: Simulation): Gateway {
  const host: BinanceHost = {
    name: 'binanceUsdm',
    simulation,
    venue: simulation.venue('binanceUsdm'),
    limiter: createRateLimiter(usdmLimits, simulation.options.rateLimits ?? true),
  };
  const hub = createStreams(host);
  const keys = createListenKeys(host);
  const countdowns: Countdowns = new Map();
  simulation.onStep(() => strikeCountdowns(host, countdowns));
  const keyRoutes = Object.entries(listenKeyRoutes(keys)).map(([name, route]) => [
    name.replace(' ', ' /fapi/v1/'),
    route,
  ]);
  const routes = { ...usdmRoutes(countdowns), ...Object.fromEntries(keyRoutes) };
  const isUser = (url: string) => url.startsWith('/private/') || keys.byKey.has(url.split('/').at(-1) ?? '');
  const gateway: Gateway = {
    venue: 'binanceUsdm',
    prefix: '/bfut',
    roots: ['/fapi', '/futures', '/ws-fapi'],
    answer: (call, logged) => answerBinance(host, routes, call, logged),
    failure: binanceFailure,
    accepts: (path) => /^\/(ws-fapi\/v1|((public|market|private)\/)?(ws|stream))(\/|$)/.test(path),
    connectLimit: binanceConnectLimit,
    connect: (connection) => {
      if (connection.url.startsWith('/ws-fapi/')) return openWsApi(host, connection, api);
      if (!isUser(connection.url)) return openMarketSocket(hub, connection, usdmSocketRules);
      openUserSocket(keys, connection);
      keepAlive(connection, usdmSocketRules, simulation.clocks.mode === 'manual');
    },
    shutdown: () => {
      const text = JSON.stringify({ e: 'serverShutdown', E: host.venue.nowMs });
      const listening = [...hub.subscribers.values(), ...keys.listeners.values()].flatMap((listeners) => [
        ...listeners,
      ]);
      for (const connection of new Set(listening)) reply(simulation, connection, text);
    },
    ban: (who, untilMs) => host.limiter.ban('ip' in who ? who.ip : who.account, untilMs),
  };
  const api = { methods: usdmApiMethods, routes, rules: usdmSocketRules, gateway };
  return gateway;
}
