import type { OrderActivityPorts } from '../../../activities/orders.ts';
import type { Fill, TradingMode } from '../../../core/orders/types.ts';
import type { Exchange, SendOutcome } from '../../../core/ports/exchange.ts';

/**
 * Bugs that the harness has to see, planted around the ports of an episode's workers: each takes one rule of the order
 * path away. `idReadInChild` is planted in the episode's parent (workflows.ts).
 */
export const plantedBugs = {
  resendOnTimeout: 'an answer that was lost is answered by sending again',
  everybodySends: 'who loses the compare-and-set sends all the same',
  rejectedOn5xx: 'an answer of 5xx is taken for a refusal',
  noTradeIdDedupe: 'a fill that is seen again is another one',
  wallClockDeadline: "that a deadline has passed is read from the host's clock, which is ahead",
  reservationReleasedEarly: 'what rests is not counted: the reservation ends with the grant',
  haltIgnored: 'the guard’s answer is not asked for: every order is granted',
  reducingIgnored: 'the same of REDUCING',
  keyInErrorText: 'the text of a failure has the key in it',
  idReadInChild: 'the id of an order comes from the child that sends it',
} as const;

export type PlantedBug = keyof typeof plantedBugs;

export const isPlantedBug = (name: string): name is PlantedBug => Object.hasOwn(plantedBugs, name);

type Ports = Pick<OrderActivityPorts, 'orders' | 'guards'> & Readonly<{ exchange: Exchange }>;

/** The ports with the bug in them. */
export function plant(bug: PlantedBug | undefined, ports: Ports, apiKey: string): Ports {
  const { orders, guards, exchange } = ports;
  const withExchange = (changes: Partial<Exchange>): Ports => ({ ...ports, exchange: { ...exchange, ...changes } });
  switch (bug) {
    case 'resendOnTimeout':
      return withExchange({ createOrder: resending(exchange) });
    case 'rejectedOn5xx':
      return withExchange({ createOrder: refusingOn5xx(exchange) });
    case 'keyInErrorText':
      return withExchange({ createOrder: telling(exchange, apiKey) });
    case 'wallClockDeadline':
      return withExchange({ serverTimeMs: () => Promise.resolve(Date.now() + 60_000) });
    case 'noTradeIdDedupe':
      return withExchange({ findOrder: renamingFills(exchange) });
    case 'everybodySends': {
      const submitOnce: Ports['orders']['submitOnce'] = async (request, atMs) => {
        const result = await orders.submitOnce(request, atMs);
        return result.kind === 'lost' && result.record.submission !== undefined ? { ...result, kind: 'won' } : result;
      };
      return { ...ports, orders: { ...orders, submitOnce } };
    }
    case 'reservationReleasedEarly':
      return { ...ports, guards: { ...guards, update: releasingAtOnce(guards) } };
    case 'haltIgnored':
      return {
        ...ports,
        orders: { ...orders, submitOnce: ignoring('HALTED', orders) },
        guards: { ...guards, update: granting(guards) },
      };
    case 'reducingIgnored':
      return {
        ...ports,
        orders: { ...orders, submitOnce: ignoring('REDUCING', orders) },
        guards: { ...guards, update: granting(guards) },
      };
    case 'idReadInChild':
    case undefined:
      return ports;
  }
}

const isLost = (outcome: SendOutcome) => outcome.kind === 'failed' && outcome.failure.kind === 'unknown';

const resending =
  (exchange: Exchange): Exchange['createOrder'] =>
  async (intent, submission, options) => {
    const outcome = await exchange.createOrder(intent, submission, options);
    if (!isLost(outcome)) return outcome;
    const timestampMs = await exchange.serverTimeMs();
    return exchange.createOrder(intent, { timestampMs, deadlineMs: timestampMs + 5_000 }, options);
  };

const refusingOn5xx =
  (exchange: Exchange): Exchange['createOrder'] =>
  async (intent, submission, options) => {
    const outcome = await exchange.createOrder(intent, submission, options);
    if (outcome.kind === 'accepted' || !isLost(outcome)) return outcome;
    return { kind: 'failed', failure: { ...outcome.failure, kind: 'rejected' } };
  };

const telling =
  (exchange: Exchange, apiKey: string): Exchange['createOrder'] =>
  async (intent, submission, options) => {
    const outcome = await exchange.createOrder(intent, submission, options);
    if (outcome.kind === 'accepted') return outcome;
    const { failure } = outcome;
    return { kind: 'failed', failure: { ...failure, message: `${failure.message} (X-MBX-APIKEY: ${apiKey})` } };
  };

/** A look names the trades otherwise than the answer did. */
const renamingFills =
  (exchange: Exchange): Exchange['findOrder'] =>
  async (query, options) => {
    const sighting = await exchange.findOrder(query, options);
    const rename = (fill: Fill): Fill => ({ ...fill, tradeId: `${fill.tradeId}0` });
    return { ...sighting, fills: sighting.fills.map(rename) };
  };

type Update = OrderActivityPorts['guards']['update'];

const releasingAtOnce =
  (guards: OrderActivityPorts['guards']): Update =>
  async (account, message, signal) => {
    const answer = await guards.update(account, message, signal);
    if (message.name !== 'reserve') return answer;
    const { request, venueMs } = message.argument as { request: { clientOrderId: string }; venueMs: number };
    const argument = { clientOrderId: request.clientOrderId, executed: '0', venueMs };
    await guards.update(account, { name: 'release', argument, updateId: `early:${message.updateId}` }, signal);
    return answer;
  };

const granting =
  (guards: OrderActivityPorts['guards']): Update =>
  async (account, message, signal) => {
    if (message.name !== 'reserve') return guards.update(account, message, signal);
    const { request, venueMs } = message.argument as { request: { clientOrderId: string }; venueMs: number };
    const grant = { clientOrderId: request.clientOrderId, grantedMs: venueMs, reservationId: 'planted' };
    return { kind: 'granted', grant, reduces: true };
  };

/** The mode's flag is as it was when nobody had ever set it. */
const ignoring =
  (ignored: TradingMode, orders: OrderActivityPorts['orders']): OrderActivityPorts['orders']['submitOnce'] =>
  async (request, atMs) => {
    const { account } = (await orders.order(request.clientOrderId))?.intent ?? {};
    const state = account === undefined ? undefined : await orders.accountState(account);
    if (account === undefined || state?.mode !== ignored) return orders.submitOnce(request, atMs);
    const why = { reason: 'planted', by: 'planted', person: true };
    await orders.setMode(account, 'ACTIVE', why, request.venueMs, atMs);
    return orders.submitOnce(request, atMs);
  };
