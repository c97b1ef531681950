import { reply } from '../connection.ts';
import type { Gateway } from '../gateway.ts';
import type { Simulation } from '../simulation.ts';
import { createFeed } from './feed.ts';
import type { KrakenHost, KrakenMode } from './host.ts';
import { cancelAll } from './orders.ts';
import { createKrakenLimiter } from './rate-limits.ts';
import { answerKraken, krakenFailure } from './rest.ts';
import { openKrakenSocket } from './socket.ts';

const modes: readonly KrakenMode[] = ['online', 'cancel_only', 'post_only', 'maintenance'];

/** Kraken spot: REST below `/kr/0`, WebSocket v2 on `/kr/ws/v2` and `/kr/ws-auth/v2`. */
export function createKrakenGateway(simulation: Simulation): Gateway {
  const host: KrakenHost = {
    simulation,
    venue: simulation.venue('krakenSpot'),
    markets: simulation.markets.filter(({ venue }) => venue === 'krakenSpot'),
    limiter: createKrakenLimiter(
      simulation.options.krakenTier ?? 'intermediate',
      simulation.options.rateLimits ?? true,
    ),
    nonces: new Map(),
    tokens: new Map(),
    switches: new Map(),
    state: { mode: 'online' },
  };
  const feed = createFeed(host);
  const say = (body: unknown) => {
    for (const connection of feed.sockets) reply(simulation, connection, JSON.stringify(body));
  };
  simulation.onStep(() => {
    for (const [account, atMs] of host.switches) {
      if (simulation.wireMs() < atMs) continue;
      host.switches.delete(account);
      cancelAll(host, account, 'deadManSwitch');
    }
    const active = simulation.faults.standing('maintenance', { venue: 'krakenSpot' });
    const wanted = active === undefined ? 'online' : active.args?.mode;
    const mode = modes.find((known) => known === wanted) ?? 'maintenance';
    if (mode === host.state.mode) return;
    host.state.mode = mode;
    say({ channel: 'status', type: 'update', data: [{ system: mode, api_version: 'v2', version: '2.0.10' }] });
  });
  const gateway: Gateway = {
    venue: 'krakenSpot',
    prefix: '/kr',
    roots: ['/0'],
    answer: (call, logged) => answerKraken(host, call, logged),
    failure: (fault) => krakenFailure(fault, simulation.wireMs()),
    accepts: (path) => /^\/ws(-auth)?\/v2(\/|$)/.test(path),
    // The proxy before Kraken's sockets: about 150 connects in ten minutes and address.
    connectLimit: { count: 150, withinMs: 600_000 },
    connect: (connection) => openKrakenSocket(feed, connection, gateway),
    shutdown: () =>
      say({
        channel: 'status',
        type: 'update',
        data: [{ system: 'maintenance', api_version: 'v2', version: '2.0.10' }],
      }),
    ban: (who, untilMs) => host.limiter.ban('ip' in who ? who.ip : who.account, untilMs),
  };
  return gateway;
}
