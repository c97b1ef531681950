import { describe, expect, test } from 'vitest';
import type { OrderStore } from '../../../core/ports/order-store.ts';
import {
  account,
  entriesOf,
  everything,
  filledBy,
  fillOf,
  idOf,
  intentOf,
  noonMs,
  owner,
  stored,
  submitOf,
  submitted,
  symbol,
  venue,
  venueOrderOf,
} from '../order-fixtures.ts';
import { type WithStore } from './with-store.ts';

export function callContract(name: string, withStore: WithStore): void {
  describe(`${name}: calls`, () => {
    test(
      'say which store it is, always the same',
      withStore(async (store) => {
        const id = await store.identity();
        expect(id).toMatch(/^[0-9a-f]{16}$/);
        await store.putIntent(intentOf('a'), venue, owner, noonMs);
        expect(await store.identity()).toBe(id);
      }),
    );

    test(
      'list orders newest first, by page and by filter',
      withStore(async (store) => {
        for (let n = 0; n < 25; n++) {
          const change = { symbol: n % 2 === 0 ? symbol : 'ETH/USDT', book: n % 5 === 0 ? 'STR-005' : 'STR-001' };
          await store.putIntent(intentOf(`o${n}`, change), venue, owner, noonMs + Math.floor(n / 3)); // some at one moment
        }
        const all = await store.orders({});
        expect(all).toHaveLength(25);
        const pages: string[] = [];
        for (let page = await store.orders({ limit: 4 }); page.length > 0;) {
          pages.push(...page.map(({ intent }) => intent.clientOrderId));
          const last = page.at(-1);
          if (last === undefined) break;
          const before = { createdMs: last.createdMs, clientOrderId: last.intent.clientOrderId };
          page = await store.orders({ limit: 4, before });
        }
        expect(pages).toEqual(all.map(({ intent }) => intent.clientOrderId));
        expect(all.map(({ createdMs }) => createdMs)).toEqual(
          all.map(({ createdMs }) => createdMs).toSorted((a, b) => b - a),
        );
        expect(await store.orders({ symbol: 'ETH/USDT' })).toHaveLength(12);
        expect(await store.orders({ book: 'STR-005', symbol })).toHaveLength(3);
        expect(await store.orders({ sinceMs: noonMs + 8 })).toHaveLength(1);
        expect(await store.orders({ account: 'kraken-main' })).toEqual([]);
        expect(await store.orders({ idPrefix: idOf('o7').slice(0, 8) })).toMatchObject([{ intent: { leg: 'o7' } }]);
        expect(await store.orders({ idPrefix: 'zz' })).toEqual([]);
        await store.deny(idOf('o3'), 'limit', noonMs);
        expect(await store.orders({ states: ['denied', 'filled'] })).toHaveLength(1);
        expect(await store.orders({ states: [] })).toEqual([]);
      }),
    );

    test(
      'list fills oldest first, by page; numbers of trades count as numbers',
      withStore(async (store) => {
        const sent = await submitted(store, 'a', { amount: '5' });
        const fills = [9, 10, 100, 101, 7].map((id) =>
          fillOf(String(id), { venueMs: id === 7 ? noonMs + 300 : noonMs + 200 }),
        );
        const { appliedExecuted: _, ...change } = filledBy(sent, fillOf('9'), {
          fills: fills.toReversed(),
          entries: fills.flatMap((fill) => entriesOf(fill)),
        });
        await store.apply(change);
        expect(await store.fills({ account })).toEqual(fills);
        const [first] = await store.fills({ limit: 1 });
        if (first === undefined) throw new Error('no fill');
        expect(await store.fills({ after: first, limit: 2 })).toEqual(fills.slice(1, 3));
        expect(await store.fills({ sinceMs: noonMs + 201 })).toEqual(fills.slice(4));
        expect(await store.fills({ symbol: 'ETH/USDT' })).toEqual([]);
      }),
    );

    test(
      'repeated leave what they left',
      withStore(async (store) => {
        for (const { call } of await callsOn(store)) {
          await call(store);
          const once = await everything(store);
          await call(store);
          expect(await everything(store)).toEqual(once);
        }
      }),
    );

    test(
      'that fail at their n-th write leave what was there before',
      withStore(async (store, { failingAt }) => {
        if (failingAt === undefined) return;
        for (const { title, call } of await callsOn(store)) {
          const before = await everything(store);
          let failed = 0;
          for (let n = 1; ; n++) {
            const failing = await failingAt(n);
            const outcome = await call(failing).then(
              () => 'done',
              (thrown: unknown) => thrown,
            );
            failing.close();
            if (outcome === 'done') break;
            expect(outcome, title).toMatchObject({ code: 'StoreUnavailable' });
            expect(await everything(store), `${title}, write ${n}`).toEqual(before);
            failed++;
          }
          expect(failed, `${title} writes something`).toBeGreaterThan(0);
          expect(await everything(store), title).not.toEqual(before);
        }
      }),
    );
  });
}

/** One call of each that writes, on a store that it prepares for them. They do not get in each other's way. */
async function callsOn(
  store: OrderStore,
): Promise<readonly Readonly<{ title: string; call(on: OrderStore): Promise<unknown> }>[]> {
  for (const name of ['to submit', 'to deny']) await stored(store, name);
  const sent = await submitted(store, 'to fill');
  const fill = fillOf('500');
  const alert = { key: 'overfill', account, symbol, severity: 'BLACK', text: '110 % filled', atMs: noonMs } as const;
  const foreign = fillOf('600', { venueOrderId: '77' });
  const why = { reason: 'stop', by: 'ada', person: true };
  const restored = { venueMs: noonMs + 60_000, receiveWindowMs: 5_000, settleMs: 15_000 };
  const members = [
    { book: 'STR-001', side: 'buy', amount: '0.5', intentId: idOf('m1') },
    { book: 'STR-002', side: 'sell', amount: '0.5', intentId: idOf('m2') },
  ] as const;
  return [
    { title: 'putIntent', call: (on) => on.putIntent(intentOf('new'), venue, owner, noonMs) },
    { title: 'submitOnce', call: (on) => on.submitOnce(submitOf('to submit'), noonMs) },
    { title: 'deny', call: (on) => on.deny(idOf('to deny'), 'limit', noonMs) },
    { title: 'apply', call: (on) => on.apply(filledBy(sent, fill, { alerts: [alert] })) },
    {
      title: 'adopt',
      call: (on) => on.adopt([venueOrderOf('77')], [foreign], entriesOf(foreign, 'unassigned'), account, noonMs),
    },
    { title: 'postEntries', call: (on) => on.postEntries(entriesOf(fillOf('700'))) },
    { title: 'putGroup', call: (on) => on.putGroup({ groupId: 'group-1', account, symbol, members, atMs: noonMs }) },
    {
      title: 'settleGroup',
      call: (on) => {
        const decisions = [{ account, what: 'crossed', why: '0.5', by: owner, atMs: noonMs }];
        return on.settleGroup({ groupId: 'group-1', entries: [], decisions, atMs: noonMs });
      },
    },
    {
      title: 'recordDecision',
      call: (on) => on.recordDecision({ account, what: 'crossed', why: 'x', by: owner, atMs: noonMs }),
    },
    { title: 'raiseAlerts', call: (on) => on.raiseAlerts([{ ...alert, key: 'drift' }]) },
    { title: 'haltSymbol', call: (on) => on.haltSymbol(account, symbol, 'stale', noonMs) },
    { title: 'resumeSymbol', call: (on) => on.resumeSymbol(account, symbol, why, noonMs) },
    { title: 'setMode', call: (on) => on.setMode(account, 'HALTED', why, noonMs, noonMs) },
    { title: 'afterRestore', call: (on) => on.afterRestore(account, 'ada', restored, noonMs) },
  ];
}
