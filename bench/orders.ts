import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binance } from 'ccxt';
import type { SimulatedExchange } from '../adapters/exchange/simulated/start.ts';
import { openSqliteOrderStore } from '../adapters/store/sqlite/index.ts';
import { startDevServer } from '../adapters/temporal/server/dev-server.ts';
import { freePort } from '../adapters/temporal/server/ports.ts';
import { type OrderEvent, stepOrder } from '../core/orders/order-machine.ts';
import { clientOrderId } from '../core/orders/order-id.ts';
import { planReconcile } from '../core/orders/reconcile.ts';
import { recentOrders } from '../core/order-desk/open-records.ts';
import type { Fill, OrderIntent, VenueOrder } from '../core/orders/types.ts';
import type { OrderRecord } from '../core/ports/order-store.ts';
import { type OrderTestDesk, startOrderDesk } from '../tests/order-desk.ts';
import type { BenchRow } from './measure.ts';

const peakRssMb = () => process.resourceUsage().maxRSS / 1024;

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

const spread = (seconds: readonly number[]) =>
  `p50 ${(quantile(seconds, 0.5) * 1_000).toFixed(1)} ms, p99 ${(quantile(seconds, 0.99) * 1_000).toFixed(1)} ms`;

const settings = [
  'limits: { max_orders_per_minute: 6000, max_exposure: 100000000, max_position_notional: 100000000, max_notional_per_day: 1000000000 }',
].join('\n');

const oneOrder = { symbol: 'BTC/USDT', side: 'buy', amount: '0.0005' } as const;

/** When the venue's engine took each order, by our id, on this machine's clock. */
const acceptedMs = ({ simulation }: SimulatedExchange): Map<string, number> => {
  const account = simulation.venue('binanceSpot').accounts.get(simulation.accounts[0]?.id ?? '');
  return new Map(
    [...(account?.orders.values() ?? [])].map(({ clientId, note }) => [clientId, Number(note.acceptedMs ?? NaN)]),
  );
};

/** One after the other, so that nothing waits for anything but itself. */
async function latencies(desk: OrderTestDesk, count: number): Promise<number[]> {
  const begun = new Map<string, number>();
  for (let place = 0; place < count; place++) {
    const startedMs = Date.now();
    const { last } = await desk.run(oneOrder);
    begun.set(last.clientOrderId, startedMs);
  }
  const accepted = acceptedMs(desk.exchange);
  return [...begun].map(([id, startedMs]) => ((accepted.get(id) ?? NaN) - startedMs) / 1_000);
}

/** The same orders by ccxt alone, with nothing durable around it. */
async function directLatencies({ exchange }: OrderTestDesk, count: number): Promise<number[]> {
  const { url, accounts } = exchange;
  const [account] = accounts;
  const direct = new binance({
    apiKey: account?.apiKey ?? '',
    secret: account?.secret ?? '',
    enableRateLimit: false,
    options: { fetchMarkets: { types: ['spot'] }, fetchCurrencies: false, fetchMargins: false },
  });
  const root = `${url}/bspot`;
  const own = { public: `${root}/api/v3`, private: `${root}/api/v3`, sapi: `${root}/sapi/v1` };
  Object.assign(direct.urls['api'] as object, own);
  await direct.loadMarkets();
  const begun = new Map<string, number>();
  for (let place = 0; place < count; place++) {
    const id = clientOrderId({ namespace: 'bench', seed: 'direct', leg: '1', intentNumber: place });
    begun.set(id, Date.now());
    await direct.createOrder(oneOrder.symbol, 'market', oneOrder.side, Number(oneOrder.amount), undefined, {
      newClientOrderId: id,
    });
  }
  const accepted = acceptedMs(exchange);
  return [...begun].map(([id, startedMs]) => ((accepted.get(id) ?? NaN) - startedMs) / 1_000);
}

/** So many workflows in flight all the time; seconds that all of them took. */
async function sustained(desk: OrderTestDesk, count: number, inFlight: number): Promise<number> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next++;
      await desk.run(oneOrder);
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (performance.now() - startedMs) / 1_000;
}

const intent = (place: number): OrderIntent => ({
  clientOrderId: clientOrderId({ namespace: 'bench', seed: 'bench', leg: '1', intentNumber: place }),
  account: 'bench',
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'limit',
  amount: '1',
  price: '50000',
  timeInForce: 'GTC',
  reduceOnly: false,
  book: 'manual',
  reason: 'bench',
  seed: 'bench',
  leg: '1',
  intentNumber: place,
});

const venueOrder = (place: number, executed = '0'): VenueOrder => ({
  venue: 'binance',
  symbol: 'BTC/USDT',
  venueOrderId: String(place),
  clientOrderId: intent(place).clientOrderId,
  side: 'buy',
  type: 'limit',
  state: executed === '0' ? 'accepted' : 'partiallyFilled',
  amount: '1',
  executed,
  price: '50000',
  reduceOnly: false,
  venueMs: 1,
});

const market = { symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT' };

/** Ten events an order: its acceptance and nine fills, each a step with ledger entries. */
function machineEvents(count: number): Readonly<{ seconds: number; heapMb: readonly number[] }> {
  const heapMb: number[] = [];
  const fill = (order: number, part: number): Fill => ({
    venue: 'binance',
    symbol: 'BTC/USDT',
    tradeId: `${order}-${part}`,
    venueOrderId: String(order),
    side: 'buy',
    amount: '0.1',
    price: '50000',
    quoteAmount: '5000',
    fee: '0.0001',
    feeAsset: 'BTC',
    liquidity: 'taker',
    venueMs: 1,
  });
  const template: OrderRecord = {
    intent: intent(0),
    venue: 'binance',
    state: 'submitted',
    version: 1,
    submission: { timestampMs: 1, deadlineMs: 5_001 },
    venueExecuted: '0',
    appliedExecuted: '0',
    reason: '',
    ownerWorkflowId: '',
    createdMs: 1,
    changedMs: 1,
  };
  const context = { atMs: 1, market, knownFills: [], ledgerDecimals: 8 };
  const sighted = venueOrder(0);
  const startedMs = performance.now();
  for (let order = 0; order < count / 10; order++) {
    let record = template;
    for (let part = 0; part < 10; part++) {
      const event: OrderEvent =
        part === 0
          ? { type: 'sighted', order: sighted, fills: [] }
          : { type: 'filled', fills: [{ ...fill(order, part), venueOrderId: '0' }] };
      const change = stepOrder(record, event, context);
      if (change === undefined) throw new Error('an event said nothing new');
      record = { ...record, ...change, version: record.version + 1 };
    }
    if (order % (count / 100) === 0) {
      globalThis.gc?.();
      heapMb.push(process.memoryUsage().heapUsed / 2 ** 20);
    }
  }
  return { seconds: (performance.now() - startedMs) / 1_000, heapMb };
}

/** 10,000 resting orders in the store on disk, each partly filled at the venue since: read, compared, planned. */
async function reconciliation(count: number): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-bench-orders-'));
  const store = openSqliteOrderStore(join(folder, 'orders.sqlite'));
  try {
    for (let place = 0; place < count; place++) {
      const made = intent(place);
      const { clientOrderId: id } = made;
      await store.putIntent(made, 'binance', 'bench', 1);
      const grant = { clientOrderId: id, grantedMs: 1_000, reservationId: 'bench' };
      const submission = { timestampMs: 1_000, deadlineMs: 6_000 };
      const submitted = await store.submitOnce(
        { clientOrderId: id, submission, grant, venueMs: 1_000, reduces: false },
        1,
      );
      const context = { atMs: 1, market, knownFills: [], ledgerDecimals: 8 };
      const change = stepOrder(submitted.record, { type: 'sighted', order: venueOrder(place), fills: [] }, context);
      if (change !== undefined) await store.apply(change);
    }
    const openOrders = Array.from({ length: count }, (_, place) => venueOrder(place, '0.1'));
    const seconds: number[] = [];
    for (let run = 0; run < 5; run++) {
      const startedMs = performance.now();
      const records = await recentOrders(store, 'bench', Date.now());
      const actions = planReconcile({
        records,
        aliveOwners: ['bench'],
        openOrders,
        fills: [],
        knownFills: [],
        nowMs: Date.now(),
      });
      if (actions.length !== count) throw new Error(`${actions.length} actions for ${count} orders`);
      seconds.push((performance.now() - startedMs) / 1_000);
    }
    return seconds;
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const orders = 100;
const inFlight = 6;
const events = 1_000_000;
const reconciled = 10_000;

/** The order path: what durability costs an order, what it carries, and the machine behind it. */
export async function benchOrders(): Promise<readonly BenchRow[]> {
  const server = await startDevServer({ port: await freePort(), uiPort: 'none', dbFile: 'memory' });
  const rows: BenchRow[] = [];
  try {
    const desk = await startOrderDesk({
      address: server.address,
      settings,
      exchange: { rateLimits: false },
    });
    try {
      await latencies(desk, 5);
      const durable = await latencies(desk, orders);
      const direct = await directLatencies(desk, orders);
      rows.push(
        {
          what: `intent to the venue's accept through Temporal, ${spread(durable)}`,
          seconds: durable,
          peakRssMb: peakRssMb(),
          notes: ['client, server, workers and exchange share the cores; orders one after the other'],
        },
        {
          what: `the same by ccxt alone, ${spread(direct)}`,
          seconds: direct,
          peakRssMb: peakRssMb(),
          notes: ['nothing stored, reserved or checked'],
        },
      );
      const total = await sustained(desk, orders, inFlight);
      rows.push({
        what: `${orders} orders to their end, ${inFlight} at once: ${(orders / total).toFixed(1)} orders/s`,
        seconds: [total],
        peakRssMb: peakRssMb(),
      });
    } finally {
      await desk.stop();
    }
  } finally {
    await server.stop();
  }
  machineEvents(events / 10);
  const machine = machineEvents(events);
  const [first = 0] = machine.heapMb;
  const last = machine.heapMb.at(-1) ?? 0;
  rows.push({
    what: `${events} events of the order machine, ${Math.round(events / machine.seconds)}/s, heap ${first.toFixed(1)} to ${last.toFixed(1)} MB`,
    seconds: [machine.seconds],
    peakRssMb: peakRssMb(),
    goal: 'memory flat',
  });
  const seconds = await reconciliation(reconciled);
  rows.push({ what: `reconciliation of ${reconciled} resting orders, all with news`, seconds, peakRssMb: peakRssMb() });
  return rows;
}
