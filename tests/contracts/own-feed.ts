import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openExchange } from '../../adapters/exchange/open-exchange.ts';
import type { FaultKind } from '../../adapters/exchange/simulated/faults.ts';
import type { VenueName } from '../../adapters/exchange/simulated/markets.ts';
import { startSimulatedExchange, type SimulatedExchange } from '../../adapters/exchange/simulated/start.ts';
import { openFeed } from '../../adapters/feeds/open-feed.ts';
import { createSecret } from '../../adapters/http/secret.ts';
import { sumText } from '../../core/orders/amount.ts';
import { terminalStates, type OrderIntent, type VenueOrder } from '../../core/orders/types.ts';
import type { Exchange } from '../../core/ports/exchange.ts';
import type { FeedNotice } from '../../core/ports/market-feed.ts';
import { control } from '../adapters/exchange/simulated/raw-client.ts';
import { runFeed, type FeedRun } from './feed-run.ts';

/** An account's own streams at one venue: how somebody else trades on it, and what its streams are called. */
export type OwnSubject = Readonly<{
  name: string;
  /** As ccxt names it, and below which path the simulator serves it. */
  venue: string;
  path: string;
  truth: VenueName;
  keys(account: SimulatedExchange['accounts'][number]): Readonly<{ apiKey: string; secret: string }>;
  /** Streams in the simulator's words. */
  streams: readonly string[];
  /** Asset of the money, as the port names it, and as the venue's engine does. */
  money: readonly [port: string, engine: string];
  symbol: string;
  /** The venue numbers its own messages, so that a lost one shows. */
  numbered: boolean;
  faults: readonly FaultKind[];
}>;

type TrueOrder = Readonly<{ status: string; quantity: string; filled: string; clientOrderId: string }>;
type TrueFill = Readonly<{ quantity: string; price: string; fee: string }>;
type TrueAccount = Readonly<{
  orders: TrueOrder[];
  fills: TrueFill[];
  balances: Readonly<Record<string, Readonly<{ total: string }>>>;
}>;

const figuresOf = ({ quantity, price, fee }: TrueFill) => `${sumText(quantity)} ${sumText(price)} ${sumText(fee)}`;
const alphabetically = (a: string, b: string) => (a < b ? -1 : 1);
const isEnded = (order: VenueOrder | undefined) =>
  order === undefined ? undefined : terminalStates.includes(order.state);

const intentOf = (symbol: string, intentNumber: number) =>
  ({
    account: 'main',
    symbol,
    side: 'buy',
    amount: '0.01',
    timeInForce: 'GTC',
    reduceOnly: false,
    book: 'test',
    reason: 'contract of own streams',
    seed: 'own-feed',
    leg: 'only',
    intentNumber,
  }) as const;

export function ownFeedContract(subject: OwnSubject): void {
  describe(`${subject.name}: own orders, fills, balances`, () => {
    let exchange: SimulatedExchange;
    let account: Exchange;
    let run: FeedRun;
    let owner: SimulatedExchange['accounts'][number];
    let sent = 0;
    let owners = 0;

    beforeAll(async () => {
      exchange = await startSimulatedExchange({ historyMinutes: 60, rateLimits: false });
    });
    afterAll(async () => exchange.close());
    beforeEach(async () => {
      owners += 1; // a key of one's own has a rate budget of its own
      owner = (await control(exchange, '/account', { id: `owner-${owners}` })) as typeof owner;
      const given = subject.keys(owner);
      const keys = { apiKey: createSecret(given.apiKey), secret: createSecret(given.secret) };
      const baseUrl = `${exchange.url}${subject.path}`;
      account = await openExchange({ name: 'main', venue: subject.venue, mode: 'paper', baseUrl }, keys);
      const own = { keys, exchange: account };
      const feedOf = (timers: Parameters<Parameters<typeof runFeed>[1]>[0]) =>
        openFeed(subject.venue, { baseUrl, timers, own });
      run = runFeed(exchange, feedOf, [{ channel: 'own' }]);
      await run.until(() => notices('connected').length > 0 && run.heard.balances.size > 0, 'connection');
    });
    afterEach(async () => {
      await control(exchange, '/faults/clear', {});
      await run.stop();
      await account.close();
    });

    const notices = (kind: FeedNotice['kind']) => run.heard.notices.filter((notice) => notice.kind === kind);
    const engine = () => {
      const state = exchange.simulation.venue(subject.truth).accounts.get(owner.id);
      if (state === undefined) throw new RangeError('no account');
      return state;
    };
    const truth = async () => {
      const { venues } = (await control(exchange, '/truth')) as {
        venues: Readonly<Record<string, Readonly<{ accounts: Readonly<Record<string, TrueAccount>> }>>>;
      };
      return venues[subject.truth].accounts[owner.id];
    };
    /** Everything of the venue's own record that the feed should have told since it began. */
    const expectConvergence = async (since: Readonly<{ orders: number; fills: number }>) => {
      const wanted = engine().fills.length - since.fills;
      await run.until(() => run.heard.fills.size >= wanted, `${wanted} fills`);
      const { orders, fills, balances } = await truth();
      const toldOf = ({ clientOrderId }: TrueOrder) =>
        [...run.heard.orders.values()].find((each) => each.clientOrderId === clientOrderId);
      // What began and ended while nobody listened is told by its fills alone, and only after a gap that was told.
      const gap = notices('disconnected').length > 0;
      if (gap) await run.until(() => notices('gap').length > 0, 'a word about the gap');
      for (const order of orders.slice(since.orders)) {
        const open = order.status === 'open';
        if (gap && !open && toldOf(order) === undefined) continue;
        await run.until(() => isEnded(toldOf(order)) === !open, `the end of an order that is ${order.status}`);
        expect(toldOf(order)).toMatchObject({ executed: sumText(order.filled), amount: sumText(order.quantity) });
      }
      const heard = [...run.heard.fills.values()].map(({ amount: quantity, price, fee }) =>
        figuresOf({ quantity, price, fee }),
      );
      expect(heard.toSorted(alphabetically)).toEqual(fills.slice(since.fills).map(figuresOf).toSorted(alphabetically));
      const [port, asset] = subject.money;
      const total = sumText(balances[asset].total);
      await run.until(() => run.heard.balances.get(port)?.total === total, `a balance of ${total}`);
    };
    const send = async (fields: Pick<OrderIntent, 'type'> & Partial<OrderIntent>) => {
      sent += 1;
      const timestampMs = await account.venueTimeMs();
      const submission = { timestampMs, deadlineMs: timestampMs + 5_000 };
      const clientOrderId = randomUUID().replaceAll('-', '');
      const intent = { ...intentOf(subject.symbol, sent), clientOrderId, ...fields };
      const outcome = await account.createOrder(intent, submission);
      expect(outcome).toMatchObject({ kind: 'accepted' });
      return { symbol: subject.symbol, clientOrderId };
    };
    const rest = () => send({ type: 'limit', price: '20000' });
    const buyAtMarket = () => send({ type: 'market' });
    const trade = async () => {
      const outcome = await account.cancelOrder(await rest());
      expect(outcome).toMatchObject({ kind: 'canceled' });
      await buyAtMarket();
    };
    const now = () => ({ orders: engine().orders.size, fills: engine().fills.length });

    test('tells orders, fills and balances as the venue books them', async () => {
      const before = now();
      await trade();
      await expectConvergence(before);
      expect(notices('gap')).toEqual([]);
      const [fill] = run.heard.fills.values();
      expect(fill).toMatchObject({ venue: subject.venue, side: 'buy', liquidity: 'taker' });
      expect(run.heard.orders.get(fill.venueOrderId)?.clientOrderId).toBe(fill.clientOrderId);
    });

    test('fills of the stream and of REST are the same, to the id', async () => {
      const before = now();
      await buyAtMarket();
      await expectConvergence(before);
      const [told] = run.heard.fills.values();
      const { fills } = await account.fillsSince(told.symbol, told.venueMs - 5_000);
      const { clientOrderId: _, ...figures } = told;
      expect(fills.find(({ tradeId }) => tradeId === told.tradeId)).toMatchObject(figures);
    });

    test('a stop that waits has the id that REST names it by, until it is canceled', async () => {
      const stop = await send({ type: 'stopMarket', stopPrice: '200000' });
      const toldOf = () => [...run.heard.orders.values()].filter((order) => order.clientOrderId === stop.clientOrderId);
      await run.until(() => toldOf().length > 0, 'the stop');
      const asked = (await account.openOrders()).find((order) => order.clientOrderId === stop.clientOrderId);
      expect(toldOf()).toMatchObject([{ venueOrderId: asked?.venueOrderId, type: 'stopMarket', state: 'accepted' }]);
      expect(await account.cancelOrder(stop)).toMatchObject({ kind: 'canceled' });
      await run.until(() => toldOf().every(isEnded), 'its end');
      expect(toldOf()).toMatchObject([{ venueOrderId: asked?.venueOrderId, state: 'canceled' }]);
    });

    test('what happened while the socket was down is asked for', async () => {
      const before = now();
      await rest();
      await expectConvergence(before);
      await control(exchange, '/disconnect', { match: subject.truth });
      await trade();
      await expectConvergence(before);
      expect(notices('gap')).toContainEqual(expect.objectContaining({ stream: 'own', backfilled: true }));
    });

    test.each(subject.faults)('%s: converges all the same', async (kind) => {
      const before = now();
      await trade();
      for (const stream of subject.streams) {
        const match = kind === 'expire-key' || kind === 'invalidate-token' ? {} : { stream };
        await control(exchange, '/fault', {
          kind,
          match: { venue: subject.truth, ...match },
          count: 1,
          args: { ms: 20 },
        });
      }
      await trade();
      await run.step(1_000);
      await control(exchange, '/faults/clear', {});
      await trade();
      if (kind === 'gap' && !subject.numbered) await control(exchange, '/disconnect', { match: subject.truth });
      if (kind === 'invalidate-token') await control(exchange, '/disconnect', { match: subject.truth });
      await expectConvergence(before);
    });

    test('leaves no key in what it tells', () => {
      const { apiKey, secret } = subject.keys(owner);
      const said = JSON.stringify(run.heard.notices);
      expect(said).not.toContain(apiKey);
      expect(said).not.toContain(secret);
    });
  });
}
