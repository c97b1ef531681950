import { describe, expect, test } from 'vitest';
import { accept, low, type WithStand } from './stand.ts';

/** By the venue's clock, which the test moves on: longer than a look takes, and shorter than a receive window. */
const lagMs = 4_000;

/** What looks see when the venue shows late, or forgets. */
export function lookContract(name: string, withStand: WithStand): void {
  describe(`${name}: looks`, () => {
    test(
      'an accepted order that the venue shows late is not there at first, and is later',
      withStand(
        async (stand) => {
          const { exchange, pass } = stand;
          const { query, order } = await accept(stand, low);
          expect(await exchange.findOrder(query)).toEqual({ fills: [] });
          await pass(lagMs);
          await expect.poll(async () => (await exchange.findOrder(query)).order?.venueOrderId).toBe(order.venueOrderId);
        },
        { readLagMs: lagMs },
      ),
    );

    test(
      'a filled order is found though the venue forgot its id',
      withStand(
        async (stand) => {
          const { exchange } = stand;
          const { query, order } = await accept(stand);
          const found = await exchange.findOrder(query);
          expect(found.order).toMatchObject({ state: 'filled', venueOrderId: order.venueOrderId });
          expect(found.fills).not.toEqual([]);
          const byVenueId = await exchange.findOrder({ ...query, venueOrderId: order.venueOrderId });
          expect(byVenueId.order).toMatchObject({ state: 'filled' });
        },
        { forgetsFilledIds: true, traits: { forgetsFilledIds: true } },
      ),
    );

    test(
      'all orders of a symbol since a time: those that rest, those that traded, and those that ended without',
      withStand(async (stand) => {
        const { exchange, symbol } = stand;
        const sinceMs = (await exchange.serverTimeMs()) - 5_000;
        const [filled, canceled, rests] = [await accept(stand), await accept(stand, low), await accept(stand, low)];
        await exchange.cancelOrder(canceled.query);
        const states = async (from: number) => {
          const orders = await exchange.ordersSince(symbol, from);
          return Object.fromEntries(orders.map(({ clientOrderId = '', state }) => [clientOrderId, state]));
        };
        await expect
          .poll(() => states(sinceMs))
          .toEqual({
            [filled.intent.clientOrderId]: 'filled',
            [canceled.intent.clientOrderId]: 'canceled',
            [rests.intent.clientOrderId]: 'accepted',
          });
      }),
    );

    test(
      'an order is never matched by its size',
      withStand(async (stand) => {
        const { exchange } = stand;
        const { query } = await accept(stand);
        expect(await exchange.findOrder({ ...query, clientOrderId: 'f'.repeat(32) })).toEqual({ fills: [] });
      }),
    );
  });
}
