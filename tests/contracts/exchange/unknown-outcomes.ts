import { describe, expect, test } from 'vitest';
import { accept, intentOf, low, queryOf, submissionOf, type FaultKind, type WithStand } from './stand.ts';

const standing: readonly FaultKind[] = ['accept-then-reset', 'accept-then-hang', 'accept-then-5xx', 'bad-json'];
const lost: readonly FaultKind[] = ['reset-before', 'hang-before'];

/** What may never be taken for "not sent": the heart of the port. */
export function unknownOutcomeContract(name: string, withStand: WithStand): void {
  describe(`${name}: unknown outcomes`, () => {
    test.each([...standing, 'accept-then-1007'] as const)(
      'after %s the order stands: unknown, and a look finds it',
      async (kind) => {
        await withStand(async (stand) => {
          const { exchange, fault, accepted } = stand;
          await exchange.markets();
          const intent = intentOf(stand, low);
          const submission = await submissionOf(stand);
          await fault({ kind });
          const outcome = await exchange.createOrder(intent, submission);
          expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'unknown' } });
          expect(await accepted(intent.clientOrderId)).toHaveLength(1);
          const sighting = await exchange.findOrder(queryOf(intent, submission.timestampMs));
          expect(sighting.order).toMatchObject({ clientOrderId: intent.clientOrderId, state: 'accepted' });
        })();
      },
    );

    test.each(lost)('after %s nothing stands: unknown all the same, and a look finds nothing', async (kind) => {
      await withStand(
        async (stand) => {
          const { exchange, fault, accepted } = stand;
          await exchange.markets();
          const intent = intentOf(stand);
          const submission = await submissionOf(stand);
          await fault({ kind });
          const outcome = await exchange.createOrder(intent, submission);
          expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'unknown' } });
          expect(await accepted(intent.clientOrderId)).toEqual([]);
          expect(await exchange.findOrder(queryOf(intent, submission.timestampMs))).toEqual({ fills: [] });
        },
        { timeoutMs: 1_000 },
      )();
    });

    test.each([500, 502, 503, 504])('HTTP %i says nothing about the order', async (status) => {
      await withStand(async (stand) => {
        await stand.exchange.markets();
        await stand.fault({ kind: 'http', status });
        expect(await stand.exchange.createOrder(intentOf(stand), await submissionOf(stand))).toMatchObject({
          kind: 'failed',
          failure: { kind: 'unknown' },
        });
      })();
    });

    test(
      'an order is sent once: a lost answer brings no second request',
      withStand(async (stand) => {
        await stand.exchange.markets();
        const submission = await submissionOf(stand);
        const before = await stand.requests();
        await stand.fault({ kind: 'reset-before' });
        await stand.exchange.createOrder(intentOf(stand), submission);
        expect((await stand.requests()) - before).toBe(1);
      }),
    );

    test(
      'a copy of an order that rests is unknown, not rejected: the first was accepted',
      withStand(async (stand) => {
        const { exchange, accepted } = stand;
        const { intent } = await accept(stand, low);
        expect(await exchange.createOrder(intent, await submissionOf(stand))).toMatchObject({
          kind: 'failed',
          failure: { kind: 'unknown' },
        });
        expect(await accepted(intent.clientOrderId)).toHaveLength(1);
      }),
    );

    test(
      'an order after its deadline is not accepted, and what it gets is unknown: the first copy may have been in time',
      withStand(async (stand) => {
        const { exchange, accepted } = stand;
        if (!exchange.traits.hasDeadline) return;
        await exchange.markets();
        const timestampMs = (await exchange.serverTimeMs()) - 20_000;
        const intent = intentOf(stand);
        expect(await exchange.createOrder(intent, { timestampMs, deadlineMs: timestampMs + 5_000 })).toMatchObject({
          kind: 'failed',
          failure: { kind: 'unknown' },
        });
        expect(await accepted(intent.clientOrderId)).toEqual([]);
      }),
    );

    test(
      'stopped by the caller while the answer is out: unknown',
      withStand(async (stand) => {
        const { exchange, fault, accepted } = stand;
        await exchange.markets();
        const intent = intentOf(stand, low);
        const submission = await submissionOf(stand);
        await fault({ kind: 'accept-then-hang' });
        const controller = new AbortController();
        const sent = exchange.createOrder(intent, submission, { signal: controller.signal });
        await expect.poll(() => accepted(intent.clientOrderId)).toHaveLength(1);
        controller.abort();
        expect(await sent).toMatchObject({ kind: 'failed', failure: { kind: 'unknown' } });
      }),
    );

    test(
      'where nobody listens the order is surely not sent',
      withStand(async (stand) => {
        const { exchange } = stand;
        await exchange.markets();
        const submission = await submissionOf(stand);
        await stand.shutDown();
        const intent = intentOf(stand);
        // The connection that was kept open breaks under the first request: whether it was read is not known.
        const first = await exchange.createOrder(intent, submission);
        expect(['unknown', 'notReachable']).toContain(first.kind === 'failed' ? first.failure.kind : first.kind);
        expect(await exchange.createOrder(intentOf(stand), submission)).toMatchObject({
          kind: 'failed',
          failure: { kind: 'notReachable' },
        });
        await expect(exchange.balances()).rejects.toMatchObject({ failure: { kind: 'notReachable' } });
      }),
    );

    test(
      'a cancel whose answer is lost is unknown, and the order is gone',
      withStand(async (stand) => {
        const { exchange, fault, accepted } = stand;
        const { intent, order } = await accept(stand, low);
        await fault({ kind: 'accept-then-reset', on: 'cancels' });
        expect(await exchange.cancelOrder({ ...intent, venueOrderId: order.venueOrderId })).toMatchObject({
          kind: 'failed',
          failure: { kind: 'unknown' },
        });
        expect(await accepted(intent.clientOrderId)).toMatchObject([{ status: 'canceled' }]);
      }),
    );
  });
}
