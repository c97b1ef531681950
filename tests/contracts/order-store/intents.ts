import { describe, expect, test } from 'vitest';
import type { OrderIntent } from '../../../core/orders/types.ts';
import {
  account,
  everything,
  idOf,
  intentOf,
  noonMs,
  owner,
  stored,
  submitOf,
  submitted,
  venue,
} from '../order-fixtures.ts';
import { badInput, type WithStore } from './with-store.ts';

export function intentContract(name: string, withStore: WithStore): void {
  describe(`${name}: intents`, () => {
    test(
      'are stored once, before anything else, and come back as they were',
      withStore(async (store) => {
        const intent = intentOf('a', {
          type: 'stopMarket',
          stopPrice: '60000.00',
          reduceOnly: true,
          restMs: 86_400_000,
          reason: 'a “stop”\n',
        });
        const { price: _, ...stop } = intent;
        const put = () => store.putIntent(stop, venue, owner, noonMs);
        const first = await put();
        expect(first).toEqual({
          kind: 'stored',
          record: {
            intent: stop,
            venue,
            state: 'initialized',
            version: 1,
            venueExecuted: '0',
            appliedExecuted: '0',
            reason: '',
            ownerWorkflowId: owner,
            createdMs: noonMs,
            changedMs: noonMs,
          },
        });
        expect(await put()).toEqual({ ...first, kind: 'same' });
        expect(await store.order(stop.clientOrderId)).toEqual(first.record);
        expect(await store.order(idOf('nobody'))).toBeUndefined();
      }),
    );

    test(
      'are the same whatever reason they are given and however their numbers are written',
      withStore(async (store) => {
        const { intent } = await stored(store, 'a');
        const again = { ...intent, amount: '0.030', price: '64123.1', reason: 'worded anew', restMs: 5_000 };
        expect(await store.putIntent(again, venue, 'another owner', noonMs)).toMatchObject({
          kind: 'same',
          record: { intent, ownerWorkflowId: owner },
        });
      }),
    );

    test(
      'with other content under their id are changed, and nothing is written',
      withStore(async (store) => {
        const { intent } = await stored(store, 'a');
        const before = await everything(store);
        const changes: Partial<OrderIntent>[] = [
          { amount: '0.031' },
          { side: 'sell' },
          { price: '64123.11' },
          { symbol: 'ETH/USDT' },
          { account: 'kraken-main' },
          { book: 'STR-002' },
          { timeInForce: 'IOC' },
          { reduceOnly: true },
          { intentNumber: 1 },
        ];
        for (const change of changes) {
          expect(await store.putIntent({ ...intent, ...change }, venue, owner, noonMs)).toMatchObject({
            kind: 'changed',
            record: { intent },
          });
        }
        expect(await store.putIntent(intent, 'kraken', owner, noonMs)).toMatchObject({ kind: 'changed' });
        expect(await everything(store)).toEqual(before);
      }),
    );

    test(
      'that no venue could be sent are refused by field',
      withStore(async (store) => {
        const bad: [Partial<Record<keyof OrderIntent, unknown>>, string][] = [
          ...['0', '-1', '1e-3', '0,5', '.5', '1.', '01', 'NaN', '', ' 1', '0.1234567890123456789', 5].map(
            (amount): [Partial<Record<keyof OrderIntent, unknown>>, string] => [{ amount }, 'amount'],
          ),
          [{ price: '-3' }, 'price'],
          [{ price: undefined }, 'price'],
          [{ type: 'market' }, 'price'],
          [{ stopPrice: '1' }, 'stopPrice'],
          [{ clientOrderId: 'AB'.repeat(16) }, 'clientOrderId'],
          [{ clientOrderId: 'ab' }, 'clientOrderId'],
          [{ book: '' }, 'book'],
          [{ intentNumber: -1 }, 'intentNumber'],
          [{ reason: 'x'.repeat(4_001) }, 'reason'],
        ];
        for (const [change, path] of bad) {
          const intent = { ...intentOf('a'), ...change } as OrderIntent;
          await expect(store.putIntent(intent, venue, owner, noonMs), JSON.stringify(change)).rejects.toMatchObject(
            badInput(path),
          );
        }
        expect(await store.orders({})).toEqual([]);
      }),
    );

    test(
      'are denied by compare-and-set, once',
      withStore(async (store) => {
        await stored(store, 'a');
        const denied = await store.deny(idOf('a'), 'above the position limit', noonMs);
        expect(denied).toMatchObject({
          kind: 'denied',
          record: { state: 'denied', version: 2, reason: 'above the position limit' },
        });
        expect(await store.deny(idOf('a'), 'again', noonMs + 9)).toEqual(denied);
        expect(await store.submitOnce(submitOf('a'), noonMs)).toEqual({ kind: 'lost', record: denied.record });
        const sent = await submitted(store, 'b');
        expect(await store.deny(idOf('b'), 'too late', noonMs)).toEqual({ kind: 'lost', record: sent });
        await expect(store.deny(idOf('nobody'), 'why', noonMs)).rejects.toMatchObject({ code: 'NotFound' });
        expect(await store.decisions({ clientOrderId: idOf('a') })).toEqual([
          {
            account,
            clientOrderId: idOf('a'),
            what: 'denied',
            why: 'above the position limit',
            by: owner,
            atMs: noonMs,
          },
        ]);
      }),
    );
  });
}
