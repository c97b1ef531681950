import { describe, expect, test } from 'vitest';
import { sumText, units } from '../../../core/orders/amount.ts';
import type { Fill } from '../../../core/orders/types.ts';
import type { Exchange } from '../../../core/ports/exchange.ts';
import { accept, intentOf, low, queryOf, submissionOf, type VenueStand, type WithStand } from './stand.ts';

/** Every fill since then, page by page. */
export async function allFills(exchange: Exchange, symbol: string, sinceMs: number): Promise<readonly Fill[]> {
  const fills: Fill[] = [];
  let cursor: string | undefined;
  do {
    const page = await exchange.fillsSince(symbol, sinceMs, cursor);
    fills.push(...page.fills);
    cursor = page.next;
  } while (cursor !== undefined);
  return fills;
}

/** The middle of the market in whole ticks of 0.1: inside the spread, so that it is the best bid and rests. */
async function restingBest({ exchange, symbol }: VenueStand): Promise<string> {
  const { price } = await exchange.referencePrice(symbol);
  return (Math.floor(Number(price) * 10) / 10 - 0.1).toFixed(1);
}

/** An order's life at the venue, told alike by answer, look-up, lists and fills. */
export function orderContract(name: string, withStand: WithStand): void {
  describe(`${name}: orders`, () => {
    test(
      'a limit order rests, is found by both ids, and is canceled once',
      withStand(async (stand) => {
        const { exchange, symbol, accepted } = stand;
        const { order, intent, query } = await accept(stand, { ...low, amount: '0.02' });
        const expected = {
          symbol,
          side: 'buy',
          type: 'limit',
          state: 'accepted',
          amount: '0.02',
          executed: '0',
          price: '50000',
        };
        expect(order).toMatchObject({ ...expected, clientOrderId: intent.clientOrderId });
        const byOurs = await exchange.findOrder(query);
        expect(byOurs).toMatchObject({ order: { ...expected, clientOrderId: intent.clientOrderId }, fills: [] });
        expect(byOurs.order?.venueOrderId).toBe(order.venueOrderId);
        expect(await exchange.findOrder({ ...query, venueOrderId: order.venueOrderId })).toEqual(byOurs);
        expect(await exchange.openOrders(symbol)).toEqual([byOurs.order]);
        expect(await exchange.openOrders()).toEqual([byOurs.order]);
        expect(await exchange.cancelOrder(intent)).toMatchObject({ kind: 'canceled' });
        expect(await exchange.cancelOrder(intent)).toMatchObject({ kind: 'failed', failure: { kind: 'unknownOrder' } });
        expect(await exchange.openOrders()).toEqual([]);
        expect(await exchange.findOrder(query)).toMatchObject({
          order: { state: 'canceled', executed: '0' },
          fills: [],
        });
        expect(await accepted(intent.clientOrderId)).toMatchObject([{ status: 'canceled' }]);
      }),
    );

    test(
      'a market order is filled: amounts, money and fee are the venue’s own figures, told alike everywhere',
      withStand(async (stand) => {
        const { exchange, symbol, base, quote } = stand;
        const totals = async () =>
          new Map((await exchange.balances()).map(({ asset, free, locked }) => [asset, units(free) + units(locked)]));
        const before = await totals();
        const { order, fills: answered, query, intent } = await accept(stand);
        const found = await exchange.findOrder(query);
        expect(found.order).toMatchObject({
          state: 'filled',
          amount: '0.01',
          executed: '0.01',
          venueOrderId: order.venueOrderId,
        });
        expect(sumText(...found.fills.map(({ amount }) => amount))).toBe('0.01');
        for (const fill of found.fills) {
          expect(fill).toMatchObject({ symbol, side: 'buy', liquidity: 'taker', venueOrderId: order.venueOrderId });
          expect(units(fill.fee)).toBeGreaterThan(0n);
        }
        // What the answer told, it told as the list does.
        for (const fill of answered) expect(found.fills).toContainEqual(expect.objectContaining(withoutTime(fill)));
        const listed = await allFills(exchange, symbol, query.sinceMs);
        expect(listed.map(({ tradeId }) => tradeId)).toEqual(found.fills.map(({ tradeId }) => tradeId));
        for (const [place, fill] of listed.entries()) expect(found.fills[place]).toMatchObject(fill);
        const after = await totals();
        const paid = units(sumText(...found.fills.map(({ quoteAmount }) => quoteAmount)));
        const fees = (asset: string) =>
          units(sumText('0', ...found.fills.filter(({ feeAsset }) => feeAsset === asset).map(({ fee }) => fee)));
        const moved = (asset: string) => (after.get(asset) ?? 0n) - (before.get(asset) ?? 0n);
        const { hasPositions } = exchange.traits;
        expect(moved(quote)).toBe(-fees(quote) - (hasPositions ? 0n : paid));
        expect(moved(base)).toBe(-fees(base) + (hasPositions ? 0n : units('0.01')));
        expect(await exchange.cancelOrder({ ...intent, venueOrderId: order.venueOrderId })).toMatchObject({
          kind: 'failed',
          failure: { kind: 'unknownOrder' },
        });
      }),
    );

    test(
      'positions are the venue’s: none on spot, signed on perpetuals',
      withStand(async (stand) => {
        const { exchange, symbol } = stand;
        expect(await exchange.positions()).toEqual([]);
        await accept(stand, { side: 'sell' });
        const short = {
          symbol,
          amount: '-0.01',
          entryPrice: expect.stringMatching(/^6[45]\d{3}/),
          unrealizedPnl: expect.stringMatching(/^-?\d/),
          leverage: expect.stringMatching(/^[1-9]/),
        };
        expect(await exchange.positions()).toEqual(exchange.traits.hasPositions ? [short] : []);
      }),
    );

    test(
      'a partial fill is told as such, and stays when the rest is canceled',
      withStand(async (stand) => {
        const { exchange, trade } = stand;
        const price = await restingBest(stand);
        const { intent, query, order } = await accept(stand, { type: 'limit', price, amount: '0.03' });
        expect(order.executed).toBe('0');
        await trade('sell', '0.01');
        const partial = await exchange.findOrder(query);
        expect(partial.order).toMatchObject({ state: 'partiallyFilled', executed: '0.01', amount: '0.03' });
        expect(partial.fills).toMatchObject([{ amount: '0.01', liquidity: 'maker', side: 'buy' }]);
        expect(await exchange.cancelOrder(intent)).toMatchObject({ kind: 'canceled' });
        const canceled = await exchange.findOrder(query);
        expect(canceled.order).toMatchObject({ state: 'canceled', executed: '0.01' });
        expect(canceled.fills).toEqual(partial.fills);
      }),
    );

    test(
      'immediate-or-cancel ends at once; post-only never takes',
      withStand(async (stand) => {
        const { exchange } = stand;
        const { query } = await accept(stand, { ...low, timeInForce: 'IOC' });
        const { order } = await exchange.findOrder(query);
        expect(['canceled', 'expired']).toContain(order?.state);
        expect(order?.executed).toBe('0');
        const crossing = intentOf(stand, { type: 'limit', price: '70000', timeInForce: 'PO' });
        const submission = await submissionOf(stand);
        const outcome = await exchange.createOrder(crossing, submission);
        const sighted = await exchange.findOrder(queryOf(crossing, submission.timestampMs));
        expect(['accepted', 'rejected']).toContain(outcome.kind === 'failed' ? outcome.failure.kind : outcome.kind);
        expect(sighted.fills).toEqual([]);
        expect(sighted.order?.executed ?? '0').toBe('0');
      }),
    );

    test.each([
      ['more than the account has', { ...low, amount: '500' }],
      ['a price off the tick', { type: 'limit', price: '50000.123456' }],
      ['an amount below the least', { ...low, amount: '0.00000001' }],
    ] as const)('%s is rejected, and nothing is accepted', async (_what, change) => {
      await withStand(async (stand) => {
        const intent = intentOf(stand, change);
        const outcome = await stand.exchange.createOrder(intent, await submissionOf(stand));
        expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'rejected' } });
        expect(await stand.accepted(intent.clientOrderId)).toEqual([]);
      })();
    });

    test(
      'a market that the venue does not have is rejected before anything is sent',
      withStand(async (stand) => {
        await stand.exchange.markets();
        const submission = await submissionOf(stand);
        const before = await stand.requests();
        expect(await stand.exchange.createOrder(intentOf(stand, { symbol: 'NOPE/XYZ' }), submission)).toMatchObject({
          kind: 'failed',
          failure: { kind: 'rejected' },
        });
        expect(await stand.requests()).toBe(before);
      }),
    );

    test(
      'cancel-all takes everything of a symbol, then everything; with nothing there it has nothing to do',
      withStand(async (stand) => {
        const { exchange, symbol } = stand;
        expect(await exchange.cancelAll(symbol)).toMatchObject({ kind: 'canceled' });
        for (const price of ['50000', '50100', '50200']) await accept(stand, { type: 'limit', price });
        expect(await exchange.openOrders()).toHaveLength(3);
        expect(await exchange.cancelAll(symbol)).toMatchObject({ kind: 'canceled' });
        expect(await exchange.openOrders()).toEqual([]);
        await accept(stand, low);
        expect(await exchange.cancelAll(undefined)).toMatchObject({ kind: 'canceled' });
        expect(await exchange.openOrders(symbol)).toEqual([]);
        expect(await exchange.cancelAll(undefined)).toMatchObject({ kind: 'canceled' });
      }),
    );

    test(
      'a stop rests at the venue, is found, canceled, and fills under our id when its price comes',
      withStand(async (stand) => {
        const { exchange, symbol, setPrice } = stand;
        // Something to protect, so that the stop may reduce it.
        await accept(stand, { amount: '0.05' });
        const stop = {
          side: 'sell',
          type: 'stopMarket',
          stopPrice: '60000',
          reduceOnly: exchange.traits.hasPositions,
        } as const;
        const first = await accept(stand, stop);
        expect(first.order).toMatchObject({ type: 'stopMarket', state: 'accepted', executed: '0' });
        expect((await exchange.findOrder(first.query)).order).toMatchObject({
          type: 'stopMarket',
          stopPrice: '60000',
          state: 'accepted',
        });
        expect(await exchange.openOrders(symbol)).toMatchObject([
          { clientOrderId: first.intent.clientOrderId, type: 'stopMarket' },
        ]);
        expect(await exchange.cancelOrder({ ...first.intent, venueOrderId: first.order.venueOrderId })).toMatchObject({
          kind: 'canceled',
        });
        expect((await exchange.findOrder(first.query)).order).toMatchObject({ state: 'canceled' });
        const second = await accept(stand, stop);
        await setPrice(59_000);
        const stateAfterTrade = async () => {
          // Stops listen to the last price, which trades make.
          await stand.trade('sell', '0.001');
          return (await exchange.findOrder(second.query)).order?.state;
        };
        await expect.poll(stateAfterTrade).toBe('filled');
        const { fills, order } = await exchange.findOrder({ ...second.query, venueOrderId: second.order.venueOrderId });
        expect(order).toMatchObject({ clientOrderId: second.intent.clientOrderId, executed: '0.01' });
        expect(sumText(...fills.map(({ amount }) => amount))).toBe('0.01');
        expect(await exchange.cancelOrder(second.intent)).toMatchObject({
          kind: 'failed',
          failure: { kind: 'unknownOrder' },
        });
      }),
    );

    test(
      'many fills come page by page, oldest first, each once',
      withStand(
        async (stand) => {
          const { exchange, symbol } = stand;
          const { query } = await accept(stand, { amount: '0.2' });
          await accept(stand, { amount: '0.2', side: 'sell' });
          const fills = await allFills(exchange, symbol, query.sinceMs);
          expect(fills.length).toBeGreaterThan(50);
          expect(new Set(fills.map(({ tradeId }) => tradeId)).size).toBe(fills.length);
          expect(fills.map(({ venueMs }) => venueMs)).toEqual(
            fills.map(({ venueMs }) => venueMs).toSorted((a, b) => a - b),
          );
          expect(sumText(...fills.map(({ amount }) => amount))).toBe('0.4');
          const { fills: own } = await exchange.findOrder(query);
          expect(sumText(...own.map(({ amount }) => amount))).toBe('0.2');
          expect(await allFills(exchange, symbol, (await exchange.venueTimeMs()) + 60_000)).toEqual([]);
        },
        { fillChunks: 40 },
      ),
    );
  });
}

const withoutTime = ({ venueMs: _time, ...fill }: Fill) => fill;
