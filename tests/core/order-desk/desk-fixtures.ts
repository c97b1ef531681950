import { setImmediate as nextTurn } from 'node:timers/promises';
import { decimal } from '../../../core/venue/decimal.ts';
import { placeOrder } from '../../../core/venue/orders.ts';
import { takersAccount } from '../../../core/venue/state.ts';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import { submitAndSend, type SendResult } from '../../../core/order-desk/submit-and-send.ts';
import type { OrderIntent } from '../../../core/orders/types.ts';
import { type Exchange, VenueError, type VenueFailure } from '../../../core/ports/exchange.ts';
import type { Grant, OrderRecord } from '../../../core/ports/order-store.ts';
import { idOf, intentOf, owner } from '../../contracts/order-fixtures.ts';
import { exchangeOf } from '../../sim/exchange.ts';
import { createMemoryStore } from '../../sim/memory-store.ts';
import { planOf, type FaultPlan, type VenuePlan } from '../../sim/plan.ts';
import { createProcesses } from '../../sim/processes.ts';
import { createTruth } from '../../sim/truth.ts';
import { createSimVenue } from '../../sim/venue.ts';
import { account, createWorld } from '../../sim/world.ts';

export { account };

/** Nothing goes wrong by chance: what a test wants to go wrong it says. */
const noFaults: FaultPlan = {
  ...(Object.fromEntries(Object.keys(planOf(1).faults).map((name) => [name, 0])) as unknown as FaultPlan),
  weakCall: undefined,
  decidesAnew: false,
  modesByHand: false,
};

const calmVenue: VenuePlan = {
  name: 'binance',
  readLagMs: 0,
  engineTimeMs: 0,
  forgetsFilledIds: false,
  feeIn: 'received',
};

/** Longer than anything that a desk waits for by itself. */
const mostSimulatedMs = 600_000;

export type TestDesk = ReturnType<typeof openDesk>;

/** A desk at the simulation's venue, with its store in memory, in virtual time: it stands still but for `run`. */
export function openDesk(venueChange: Partial<VenuePlan> = {}) {
  const plan = { ...planOf(1), venue: { ...calmVenue, ...venueChange }, faults: noFaults };
  const world = createWorld({ seed: 1, plan });
  const { scheduler } = world;
  const processes = createProcesses(world);
  const process = processes.pick();
  if (process === undefined) throw new Error('no process');
  const venue = createSimVenue(world);
  const truth = createTruth();
  const sent: { clientOrderId: string; timestampMs: number; deadlineMs: number }[] = [];
  const onSent: Parameters<typeof exchangeOf>[0]['onSent'] = (clientOrderId, submission) => {
    sent.push({ clientOrderId, ...submission });
  };
  const exchange = exchangeOf({ world, processes, venue, truth, onSent }, process);
  const store = createMemoryStore();
  const pause: OrderDesk['pause'] = (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      scheduler.after(ms, resolve);
    });
  const desk: OrderDesk = { account, exchange, orders: store, nowMs: scheduler.nowMs, pause };
  venue.move();

  /** Time goes on until it has settled. */
  async function run<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const done = work.finally(() => (settled = true));
    done.catch(() => {}); // whoever awaits it hears of it
    const endMs = scheduler.nowMs() + mostSimulatedMs;
    for (;;) {
      await nextTurn();
      if (settled) return done;
      if (scheduler.nowMs() > endMs) throw new Error(`nothing came of it in ${mostSimulatedMs} simulated ms`);
      await scheduler.runUntil(scheduler.nowMs() + 10);
    }
  }

  const put = async (intent: OrderIntent): Promise<OrderRecord> =>
    (await store.putIntent(intent, exchange.traits.venue, owner, scheduler.nowMs())).record;

  const grantNow = (clientOrderId: string): Grant => {
    return { clientOrderId, grantedMs: scheduler.nowMs(), reservationId: `reservation-${clientOrderId}` };
  };

  return {
    desk,
    exchange,
    store,
    venue,
    truth,
    sent,
    run,
    put,
    grantNow,
    nowMs: scheduler.nowMs,
    /** In so many ms of simulated time. */
    after: scheduler.after,
    wait: (ms: number) => run(pause(ms)),
    row: async (name: string): Promise<OrderRecord> => {
      const record = await store.order(idOf(name));
      if (record === undefined) throw new Error(`${name} is not stored`);
      return record;
    },
    /** Stores and sends an order, as its workflow would, to the venue or through what is between. */
    async send(intent: OrderIntent, through: Exchange = exchange): Promise<SendResult> {
      const { clientOrderId } = await put(intent).then((record) => record.intent);
      const grant = grantNow(clientOrderId);
      return run(submitAndSend({ ...desk, exchange: through }, { clientOrderId, grant, reduces: false }));
    },
    /** Somebody else trades so much at this price or a better one: what rests of ours there is filled. */
    somebodyTrades(side: 'buy' | 'sell', price: string, amount: string) {
      venue.state.nowMs = scheduler.nowMs();
      const quantity = decimal(amount, 4);
      placeOrder(venue.state, {
        account: takersAccount,
        market: symbol,
        side,
        type: 'limit',
        price: decimal(price, 2),
        quantity,
      });
    },
  };
}

export const symbol = 'BTC/USDT';

/** Everything costs about 100. */
export function marketOrder(name: string, change: Partial<OrderIntent> = {}): OrderIntent {
  const { price: _price, ...intent } = intentOf(name, { account, amount: '1', type: 'market' });
  return { ...intent, ...change };
}

export const limitOrder = (name: string, price: string, change: Partial<OrderIntent> = {}): OrderIntent =>
  intentOf(name, { account, amount: '1', price, ...change });

export const failureOf = (kind: VenueFailure['kind'], code = '', message = 'no answer'): VenueError =>
  new VenueError({ kind, code, message });

type Calls = Partial<Record<Exclude<keyof Exchange, 'traits'>, number>>;

type Method = (...args: readonly unknown[]) => Promise<unknown>;

function wrapped(exchange: Exchange, around: (name: keyof Calls, method: Method) => Method): Exchange {
  const methods = Object.entries(exchange).filter(([, value]) => typeof value === 'function');
  const changed = methods.map(([name, method]) => [name, around(name as keyof Calls, method as Method)]);
  return { ...exchange, ...(Object.fromEntries(changed) as Partial<Exchange>) };
}

/** The venue behind a line on which so many calls of each name go wrong, each before it arrives; then it is well. */
export function failing(exchange: Exchange, times: Calls, thrown: unknown = failureOf('unknown')): Exchange {
  const left = { ...times };
  return wrapped(exchange, (name, method) => (...args) => {
    const count = left[name] ?? 0;
    if (count === 0) return method(...args);
    left[name] = count - 1;
    return Promise.reject(thrown);
  });
}

/** The venue itself, with its calls counted by name. */
export function counted(
  exchange: Exchange,
): Readonly<{ exchange: Exchange; calls: Calls; args: Map<string, readonly unknown[]> }> {
  const calls: Calls = {};
  const args = new Map<string, readonly unknown[]>();
  const through = wrapped(exchange, (name, method) => (...given) => {
    calls[name] = (calls[name] ?? 0) + 1;
    args.set(name, given);
    return method(...given);
  });
  return { exchange: through, calls, args };
}

/** Its request arrives, its answer does not. */
export const losingAnswers = (exchange: Exchange): Exchange => ({
  ...exchange,
  createOrder: async (...args) => {
    await exchange.createOrder(...args);
    return { kind: 'failed', failure: { kind: 'unknown', code: '', message: 'timed out' } };
  },
});

/** Requests to trade never arrive. */
export const losingRequests = (exchange: Exchange): Exchange => ({
  ...exchange,
  createOrder: () => Promise.resolve({ kind: 'failed', failure: { kind: 'unknown', code: '', message: 'timed out' } }),
});
