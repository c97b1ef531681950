import { describe, expect, test } from 'vitest';
import { accept, intentOf, low, submissionOf, type WithStand } from './stand.ts';

/** What a venue says when it wants to hear less. */
export function limitContract(name: string, withStand: WithStand): void {
  describe(`${name}: limits`, () => {
    test(
      'a refusal for the rate says until when, and until then nothing more is asked',
      withStand(async (stand) => {
        const { exchange, symbol, fault, requests } = stand;
        await exchange.markets();
        await fault({ kind: 'http', on: 'queries', status: 429, retryAfter: 100 });
        const refused = await exchange.openOrders(symbol).catch((thrown: unknown) => thrown);
        expect(refused).toMatchObject({ failure: { kind: 'rateLimited' } });
        const before = await requests();
        await expect(exchange.openOrders(symbol)).rejects.toMatchObject({
          failure: { kind: 'rateLimited', retryAfterMs: expect.any(Number) },
        });
        expect(await requests()).toBe(before);
      }),
    );

    test(
      'an order that was refused for the rate was surely not accepted',
      withStand(async (stand) => {
        const { exchange, fault, accepted } = stand;
        await exchange.markets();
        const intent = intentOf(stand, low);
        const submission = await submissionOf(stand);
        await fault({ kind: 'http', status: 429, retryAfter: 1 });
        expect(await exchange.createOrder(intent, submission)).toMatchObject({
          kind: 'failed',
          failure: { kind: 'rateLimited' },
        });
        expect(await accepted(intent.clientOrderId)).toEqual([]);
      }),
    );

    test(
      'where the rates leave no room for an order it is not submitted at all',
      withStand(async ({ exchange, symbol, requests }) => {
        await exchange.markets();
        const before = await requests();
        // A slow disk makes taking slow, and what was taken flows back meanwhile: so it goes on until one is refused.
        const paid: PromiseSettledResult<void>[] = [];
        while (paid.length < 10_000 && !paid.some(({ status }) => status === 'rejected')) {
          paid.push(...(await Promise.allSettled(Array.from({ length: 200 }, () => exchange.payToSend(symbol)))));
        }
        const refused = paid.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
        expect(refused.length).toBeGreaterThan(0);
        expect(refused.length).toBeLessThan(paid.length);
        for (const reason of refused) expect(reason).toMatchObject({ failure: { kind: 'rateLimited' } });
        expect(await requests()).toBe(before);
      }),
    );

    test(
      'the budget keeps the venue from ever refusing: a burst of orders and looks passes or is held by us',
      withStand(
        async (stand) => {
          const { exchange, requests } = stand;
          await exchange.markets();
          const before = await requests();
          const outcomes = [];
          for (let count = 0; count < 20; count += 1) {
            const intent = intentOf(stand, low);
            await exchange.payToSend(intent.symbol);
            outcomes.push(await exchange.createOrder(intent, await submissionOf(stand)));
          }
          expect(outcomes.map(({ kind }) => kind)).toEqual(outcomes.map(() => 'accepted'));
          expect((await requests()) - before).toBeGreaterThanOrEqual(20);
          const cancel = await accept(stand, low);
          expect(await exchange.cancelOrder(cancel.intent)).toMatchObject({ kind: 'canceled' });
        },
        { rateLimits: true },
      ),
    );
  });
}
