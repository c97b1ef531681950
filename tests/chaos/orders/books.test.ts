import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAccountBooks } from '../../../adapters/temporal/client/account-books.ts';
import type { WantResult } from '../../../core/orders/want.ts';
import { chaosSettings } from './plans.ts';
import type { Strike } from './port-calls.ts';
import { openStage, type Stage } from './stage.ts';
import { chaosAccount } from './worker-settings.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ settings: chaosSettings(), exchange: { source: { kind: 'scripted' }, fillChunks: 2 } });
}, 60_000);

afterAll(() => stage.close());

type Truth = Readonly<{
  venues: Record<string, { accounts: Record<string, { orders: { clientOrderId: string }[] }> }>;
}>;

/** Ids of every order that any venue ever accepted. */
async function acceptedIds(): Promise<string[]> {
  const { venues } = (await (await fetch(`${stage.control}/truth`)).json()) as Truth;
  return Object.values(venues).flatMap(({ accounts }) =>
    Object.values(accounts).flatMap(({ orders }) => orders.map(({ clientOrderId }) => clientOrderId)),
  );
}

describe('a worker that is killed while books trade', () => {
  test.each<Strike>([
    { what: 'killAfter', at: 'store.putGroup' },
    { what: 'kill', at: 'store.putIntent' },
    { what: 'kill', at: 'exchange.createOrder' },
    { what: 'kill', at: 'store.settleGroup' },
    { what: 'killAfter', at: 'store.settleGroup' },
  ])(
    '$what at $at: one group, one order, booked once',
    async (strike) => {
      const before = await acceptedIds();
      const worker = await stage.startWorker(0, strike);
      const books = createAccountBooks({ client: stage.client, taskQueue: 'orders' });
      const name = `${strike.what}-${strike.at}`;
      const asked = { symbol: 'BTC/USDT', reason: 'a test' } as const;
      const wants = [
        { ...asked, intentId: `${name}-a`, book: 'STR-001', side: 'buy', amount: '0.003' },
        { ...asked, intentId: `${name}-b`, book: 'STR-002', side: 'sell', amount: '0.001' },
      ] as const;
      await Promise.all(wants.map((want) => books.want(chaosAccount, want)));
      await worker.ended;
      // Nothing is on its way now: deadline and settle time of an order that was never sent pass at once.
      await stage.advance(60_000);
      await stage.startWorker(0);
      const resultOf = async (intentId: string): Promise<WantResult> => {
        const status = () => books.status(chaosAccount, intentId).catch(() => undefined);
        await expect.poll(status, { timeout: 120_000, interval: 250 }).toMatchObject({ state: 'ended' });
        const ended = await status();
        if (ended?.state !== 'ended') throw new Error('it had ended');
        return ended.result;
      };
      const [bought, sold] = [await resultOf(`${name}-a`), await resultOf(`${name}-b`)];
      expect(bought).toMatchObject({ crossed: '0.001', shared: '0.002', reason: '', groupId: sold.groupId });
      expect(sold).toMatchObject({ crossed: '0.001', shared: '0' });
      const sent = (await acceptedIds()).filter((id) => !before.includes(id));
      expect(sent).toEqual([bought.legs.at(-1)?.clientOrderId]);
      const entries = await stage.store.entries(chaosAccount);
      const crossed = entries.filter(
        ({ source, ledgerAccount }) => source === sold.groupId && ledgerAccount === 'crossing',
      );
      expect(crossed).toHaveLength(4);
      expect(await stage.store.unsettledGroups(chaosAccount)).toEqual([]);
    },
    240_000,
  );
});
