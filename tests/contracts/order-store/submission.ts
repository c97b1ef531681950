import { describe, expect, test } from 'vitest';
import type { SubmitRequest } from '../../../core/ports/order-store.ts';
import { account, idOf, noonMs, owner, stored, submitOf, symbol } from '../order-fixtures.ts';
import { badInput, type WithStore } from './with-store.ts';

export function submissionContract(name: string, withStore: WithStore): void {
  describe(`${name}: submission`, () => {
    test(
      'is won once; whoever asks again has lost and sees the first timestamp and deadline',
      withStore(async (store) => {
        await stored(store, 'a');
        const won = await store.submitOnce(submitOf('a'), noonMs + 1);
        expect(won).toMatchObject({
          kind: 'won',
          record: { state: 'submitted', version: 2, submission: { timestampMs: noonMs, deadlineMs: noonMs + 5_000 } },
        });
        const later = submitOf('a', {
          submission: { timestampMs: noonMs + 900, deadlineMs: noonMs + 5_900 },
          venueMs: noonMs + 900,
        });
        expect(await store.submitOnce(later, noonMs + 900)).toEqual({ kind: 'lost', record: won.record });
        expect(await store.submitOnce(submitOf('a'), noonMs + 1)).toEqual({ kind: 'lost', record: won.record });
        expect(await store.order(idOf('a'))).toEqual(won.record);
        expect(await store.decisions({ clientOrderId: idOf('a') })).toMatchObject([{ what: 'submitted', by: owner }]);
      }),
    );

    test(
      'has one winner of fifty that ask at once over two connections, for each of ten orders',
      withStore(async (store, opened) => {
        const other = await opened.second();
        for (let n = 0; n < 10; n++) {
          await stored(store, `race ${n}`);
          const asked = Array.from({ length: 50 }, (_, k) => {
            const timestampMs = noonMs + k;
            const submission = { timestampMs, deadlineMs: timestampMs + 5_000 };
            return (k % 2 === 0 ? store : other).submitOnce(
              submitOf(`race ${n}`, { submission, venueMs: timestampMs }),
              noonMs,
            );
          });
          const results = await Promise.all(asked);
          const winners = results.filter(({ kind }) => kind === 'won');
          expect(winners).toHaveLength(1);
          expect(new Set(results.map(({ record }) => record.submission?.timestampMs)).size).toBe(1);
          expect(results.filter(({ kind }) => kind === 'lost')).toHaveLength(49);
        }
        if (other !== store) other.close();
      }),
    );

    test(
      'and denial never both happen',
      withStore(async (store, opened) => {
        const other = await opened.second();
        for (let n = 0; n < 20; n++) {
          await stored(store, `duel ${n}`);
          const [sent, denied] = await Promise.all([
            store.submitOnce(submitOf(`duel ${n}`), noonMs),
            other.deny(idOf(`duel ${n}`), 'planned anew', noonMs),
          ]);
          expect([sent.kind, denied.kind].toSorted()).toEqual(
            sent.kind === 'won' ? ['lost', 'won'] : ['denied', 'lost'],
          );
        }
        if (other !== store) other.close();
      }),
    );

    test(
      'needs a grant of this intent that is not older than 5 s by venue time',
      withStore(async (store) => {
        await stored(store, 'a');
        const aged = (ageMs: number): SubmitRequest =>
          submitOf('a', { grant: { clientOrderId: idOf('a'), grantedMs: noonMs - ageMs, reservationId: 'res-a' } });
        for (const ageMs of [5_001, 60_000, -1_500]) {
          expect(await store.submitOnce(aged(ageMs), noonMs), `${ageMs} ms old`).toMatchObject({
            kind: 'refused',
            why: 'grant',
          });
        }
        const others = submitOf('a', {
          grant: { clientOrderId: idOf('b'), grantedMs: noonMs, reservationId: 'res-b' },
        });
        await expect(store.submitOnce(others, noonMs)).rejects.toMatchObject(badInput('grant.clientOrderId'));
        expect(await store.order(idOf('a'))).toMatchObject({ state: 'initialized', version: 1 });
        // Refused for one reason is said once, however often it is tried.
        expect(await store.decisions({ clientOrderId: idOf('a') })).toMatchObject([
          { what: 'submitRefused', why: 'grant' },
        ]);
        expect(await store.submitOnce(aged(4_000), noonMs)).toMatchObject({ kind: 'won' });
      }),
    );

    test(
      'obeys the mode of the account and halts of the symbol',
      withStore(async (store) => {
        for (const leg of ['a', 'b', 'c', 'd']) await stored(store, leg);
        await stored(store, 'eth', { symbol: 'ETH/USDT' });
        const why = { reason: 'drawdown', by: 'guard', person: false };
        await store.setMode(account, 'REDUCING', why, noonMs, noonMs);
        expect(await store.submitOnce(submitOf('a'), noonMs)).toMatchObject({ kind: 'refused', why: 'mode' });
        expect(await store.submitOnce(submitOf('a', { reduces: true }), noonMs)).toMatchObject({ kind: 'won' });
        await store.setMode(account, 'HALTED', why, noonMs, noonMs);
        expect(await store.submitOnce(submitOf('b', { reduces: true }), noonMs)).toMatchObject({
          kind: 'refused',
          why: 'mode',
        });
        await store.setMode(account, 'ACTIVE', { reason: 'checked', by: 'ada', person: true }, noonMs, noonMs);
        await store.haltSymbol(account, symbol, 'stale price', noonMs);
        expect(await store.submitOnce(submitOf('c', { reduces: true }), noonMs)).toMatchObject({
          kind: 'refused',
          why: 'symbolHalted',
        });
        expect(await store.submitOnce(submitOf('eth'), noonMs)).toMatchObject({ kind: 'won' });
        await store.resumeSymbol(account, symbol, { reason: 'price is back', by: 'ada' }, noonMs);
        expect(await store.submitOnce(submitOf('c'), noonMs)).toMatchObject({ kind: 'won' });
        await store.setMode('kraken-main', 'HALTED', why, noonMs, noonMs); // another account
        expect(await store.submitOnce(submitOf('d'), noonMs)).toMatchObject({ kind: 'won' });
      }),
    );

    test(
      'that contradicts itself is refused',
      withStore(async (store) => {
        await stored(store, 'a');
        const sent = (timestampMs: number, deadlineMs: number) =>
          store.submitOnce(submitOf('a', { submission: { timestampMs, deadlineMs } }), noonMs);
        await expect(sent(noonMs, noonMs)).rejects.toMatchObject(badInput('submission.deadlineMs'));
        await expect(sent(noonMs + 1_500, noonMs + 6_500)).rejects.toMatchObject(badInput('submission.timestampMs'));
        await expect(sent(Number.NaN, noonMs)).rejects.toMatchObject(badInput('submission'));
        await expect(store.submitOnce(submitOf('nobody'), noonMs)).rejects.toMatchObject({ code: 'NotFound' });
        expect(await store.order(idOf('a'))).toMatchObject({ state: 'initialized' });
      }),
    );
  });
}
