import { noMemory, reconcileAccount, type ReconcileMemory } from '../../../core/order-desk/reconcile-account.ts';
import { units } from '../../../core/orders/amount.ts';
import { entriesOf } from '../../../core/orders/ledger.ts';
import type { Exchange } from '../../../core/ports/exchange.ts';
import type { VenuePlan } from '../../sim/plan.ts';
import { initialBalances } from '../../sim/venue.ts';
import { account, openDesk } from './desk-fixtures.ts';

const nobody = () => Promise.resolve(false);

/** A desk whose ledger has what the venue holds, and its keeper: one whole reconciliation a call, and what it remembers. */
export async function openKeeper(venue: Partial<VenuePlan> = {}) {
  const test = openDesk(venue);
  const { desk, store, run, nowMs } = test;
  for (const [asset, amount] of Object.entries(initialBalances)) {
    const about = { transactionId: `opening ${asset}`, book: 'unassigned', symbol: '', source: 'opening' };
    await store.postEntries(
      entriesOf([['assets', 'external', asset, units(amount)]], { ...about, account, venueMs: nowMs() }),
    );
  }
  let memory: ReconcileMemory = noMemory;
  return {
    ...test,
    reconcile: async (exchange: Exchange = desk.exchange) => {
      const options = { memory, whole: true, isAlive: nobody, signal: new AbortController().signal };
      const report = await run(reconcileAccount({ ...desk, exchange }, options));
      memory = report.memory;
      return report;
    },
    /** As a process that begins anew. */
    forget: () => {
      memory = noMemory;
    },
    /** What the ledger says that the account holds of an asset. */
    held: async (asset: string): Promise<string[]> =>
      (await store.ledgerTotals(account))
        .filter((total) => total.ledgerAccount === 'assets' && total.asset === asset)
        .map(({ amount }) => amount),
  };
}
