import { units } from '../../core/orders/amount.ts';
import { isTerminal } from '../../core/orders/order-machine.ts';
import { VenueError, type Exchange, type SendOutcome } from '../../core/ports/exchange.ts';
import type { OrderStore } from '../../core/ports/order-store.ts';
import { storedFillKey } from './memory-state.ts';
import type { MemoryStore } from './memory-store.ts';
import { type SimProcess } from './processes.ts';
import type { World } from './world.ts';

/** Ports with one rule of orders.md taken out. Without a bug they are what they were. */
export function buggyStore({ bug, scheduler }: World, store: MemoryStore): MemoryStore {
  const { held } = store;
  const changes: Readonly<Record<string, Partial<OrderStore>>> = {
    'submission is not compare-and-set': {
      submitOnce: async (request, atMs) => {
        const result = await store.submitOnce(request, atMs);
        return result.kind === 'lost' && result.record.state === 'submitted' ? { ...result, kind: 'won' } : result;
      },
    },
    'a denied intent can be submitted': {
      submitOnce: async (request, atMs) => {
        const row = held.state.orders.get(request.clientOrderId);
        if (row?.record.state === 'denied') {
          held.state.orders.set(request.clientOrderId, { ...row, record: { ...row.record, state: 'initialized' } });
        }
        return store.submitOnce(request, atMs);
      },
    },
    'the grant’s age is not checked': {
      submitOnce: (request, atMs) =>
        store.submitOnce({ ...request, grant: { ...request.grant, grantedMs: request.venueMs } }, atMs),
    },
    'the mode is not checked at submission': {
      submitOnce: (request, atMs) =>
        withAccounts(
          held,
          (mode) => ({ ...mode, mode: 'ACTIVE' }),
          () => store.submitOnce(request, atMs),
        ),
    },
    'a halted symbol is not checked at submission': {
      submitOnce: (request, atMs) =>
        withAccounts(
          held,
          (mode) => ({ ...mode, haltedSymbols: [] }),
          () => store.submitOnce(request, atMs),
        ),
    },
    'intents are not durable when stored': {
      putIntent: async (...args) => {
        const result = await store.putIntent(...args);
        if (result.kind !== 'stored') return result;
        const { clientOrderId } = args[0];
        // Written behind: what the process did with it within the second is not on the disk when it is killed.
        scheduler.after(1_000, () => {
          const row = held.state.orders.get(clientOrderId);
          if (row?.record.state === 'submitted' || row?.record.state === 'unknown') {
            held.state.orders.set(clientOrderId, {
              ...row,
              record: { ...result.record, version: row.record.version + 1 },
            });
          }
        });
        return result;
      },
    },
    'fills are not told apart by trade id': {
      knownFill: () => Promise.resolve(undefined),
      apply: (change) => {
        const record = held.state.orders.get(change.clientOrderId)?.record;
        const twice = change.fills.filter(
          (fill) => record !== undefined && held.state.fills.has(storedFillKey(record.intent.account, fill)),
        );
        if (twice.length === 0) return store.apply(change);
        const name = (tradeId: string) =>
          twice.some((fill) => fill.tradeId === tradeId) ? `${tradeId}+${scheduler.nowMs()}` : tradeId;
        return store.apply({
          ...change,
          fills: change.fills.map((fill) => ({ ...fill, tradeId: name(fill.tradeId) })),
          entries: change.entries.map((entry) => ({
            ...entry,
            source: name(entry.source),
            transactionId: `${entry.transactionId} ${name(entry.source)}`,
          })),
        });
      },
    },
    'the last numbers of a trade are kept': {
      knownFill: (of, fill) => {
        const key = storedFillKey(of, fill);
        const known = held.state.fills.get(key);
        const altered =
          'price' in fill
            ? (fill as typeof known extends undefined ? never : NonNullable<typeof known>['fill'])
            : undefined;
        if (known !== undefined && altered !== undefined) held.state.fills.set(key, { ...known, fill: altered });
        return Promise.resolve(known?.fill);
      },
    },
    'late fills are dropped': {
      apply: (change) => {
        const record = held.state.orders.get(change.clientOrderId)?.record;
        if (record === undefined || !isTerminal(record.state) || change.fills.length === 0) return store.apply(change);
        return Promise.resolve({ kind: 'applied', record, knownTradeIds: [] });
      },
    },
    'overfills are cut off': {
      apply: (change) => {
        const record = held.state.orders.get(change.clientOrderId)?.record;
        const over = record !== undefined && units(change.appliedExecuted ?? '0') > units(record.intent.amount);
        return over ? Promise.resolve({ kind: 'applied', record, knownTradeIds: [] }) : store.apply(change);
      },
    },
    'foreign fills are not adopted': { adopt: () => Promise.resolve() },
    'synthetic ids are not deterministic': {
      postEntries: (entries) =>
        store.postEntries(
          entries.map((entry) =>
            entry.ledgerAccount === 'external' || entry.source.startsWith('correction')
              ? { ...entry, transactionId: `${entry.transactionId} ${scheduler.nowMs()}` }
              : entry,
          ),
        ),
    },
  };
  return { ...store, ...changes[bug ?? ''] };
}

async function withAccounts<T>(
  held: MemoryStore['held'],
  change: (state: Awaited<ReturnType<OrderStore['accountState']>>) => Awaited<ReturnType<OrderStore['accountState']>>,
  work: () => Promise<T>,
): Promise<T> {
  const { accounts } = held.state;
  held.state.accounts = new Map([...accounts].map(([name, state]) => [name, change(state)]));
  const result = work();
  held.state.accounts = accounts;
  return result;
}

export function buggyExchange(
  world: World,
  { process, ended }: Readonly<{ process: SimProcess; ended: (clientOrderId: string) => boolean }>,
  exchange: Exchange,
): Exchange {
  const { bug } = world;
  const emptyWhenFailed = async <T>(question: Promise<T>, empty: T): Promise<T> => {
    try {
      return await question;
    } catch (thrown) {
      if (thrown instanceof VenueError) return empty;
      throw thrown;
    }
  };
  const changes: Readonly<Record<string, Partial<Exchange>>> = {
    'a timed-out request is sent again': {
      createOrder: async (...args) => {
        const outcome = await exchange.createOrder(...args);
        return isUnknown(outcome) ? exchange.createOrder(...args) : outcome;
      },
    },
    'a lost answer counts as rejected': {
      createOrder: async (...args) => {
        const outcome = await exchange.createOrder(...args);
        if (!isUnknown(outcome) || outcome.kind !== 'failed') return outcome;
        return { kind: 'failed', failure: { ...outcome.failure, kind: 'rejected' } };
      },
    },
    'deadlines are read from the local clock': {
      serverTimeMs: () => Promise.resolve(world.scheduler.nowMs() + process.hostSkewMs),
    },
    'the settle time leaves out lag and engine': {
      traits: { ...exchange.traits, readLagMs: -3_000, engineTimeMs: -5_000 },
    },
    'only the first page of fills is read': {
      fillsSince: async (...args) => {
        const { fills } = await exchange.fillsSince(...args);
        return { fills };
      },
    },
    'the refusal of a late copy counts as rejected': {
      createOrder: async (...args) => {
        const outcome = await exchange.createOrder(...args);
        if (outcome.kind !== 'failed' || outcome.failure.code !== 'deadline') return outcome;
        return { kind: 'failed', failure: { ...outcome.failure, kind: 'rejected' } };
      },
    },
    'a failed look counts as not found': {
      findOrder: (query, ...rest) => emptyWhenFailed(exchange.findOrder(query, ...rest), { fills: [] }),
    },
    'fills are not looked up': {
      findOrder: async (query, ...rest) => {
        const sighting = await exchange.findOrder(query, ...rest);
        return sighting.order === undefined ? { fills: [] } : sighting;
      },
    },
    'fills are looked up from the timestamp on': {
      findOrder: (query, ...rest) => exchange.findOrder({ ...query, sinceMs: query.sinceMs + 5_000 }, ...rest),
    },
    'orders are matched by symbol, not by id': {
      findOrder: async (query, ...rest) => {
        const sighting = await exchange.findOrder(query, ...rest);
        if (sighting.order !== undefined || sighting.fills.length > 0) return sighting;
        const [order] = await exchange.openOrders(query.symbol);
        return order === undefined ? sighting : { order, fills: [] };
      },
    },
    'orders that ended by our record are left at the venue': {
      cancelOrder: (reference, ...rest) =>
        reference.venueOrderId !== undefined && ended(reference.clientOrderId)
          ? Promise.resolve({ kind: 'canceled' })
          : exchange.cancelOrder(reference, ...rest),
    },
    'a failed query counts as nothing there': {
      openOrders: (...args) => emptyWhenFailed(exchange.openOrders(...args), []),
      balances: (...args) => emptyWhenFailed(exchange.balances(...args), []),
    },
    'a status is booked as a fill': {
      findOrder: async (query, ...rest) => {
        const sighting = await exchange.findOrder(query, ...rest);
        const { order } = sighting;
        if (order === undefined || units(order.executed) === 0n || sighting.fills.length > 0) return sighting;
        const { venue, symbol, venueOrderId, clientOrderId, side, executed: amount, venueMs } = order;
        const invented = {
          tradeId: `status-${venueOrderId}`,
          price: '100',
          quoteAmount: '100',
          fee: '0',
          feeAsset: 'USDT',
          liquidity: 'taker',
        } as const;
        const fill = { venue, symbol, venueOrderId, side, amount, venueMs, ...invented };
        return { order, fills: [clientOrderId === undefined ? fill : { ...fill, clientOrderId }] };
      },
    },
  };
  return { ...exchange, ...changes[bug ?? ''] };
}

const isUnknown = (outcome: SendOutcome): boolean => outcome.kind === 'failed' && outcome.failure.kind === 'unknown';
