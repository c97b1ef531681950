import { correctionAlerts } from '../../core/orders/correction-alerts.ts';
import type { LedgerEntry } from '../../core/ports/order-store.ts';
import type { OrderActivityPorts } from './ports.ts';

/** Raises the alarm of what is about to be booked as external in an account, before it is: a crash between loses none. */
export const tellCorrections =
  ({ orders, nowMs }: Pick<OrderActivityPorts, 'orders' | 'nowMs'>, account: string) =>
  async (entries: readonly LedgerEntry[]): Promise<void> => {
    const external = (await orders.ledgerTotals(account)).filter(({ ledgerAccount }) => ledgerAccount === 'external');
    const knownAssets = new Set(external.map(({ asset }) => asset));
    await orders.raiseAlerts(correctionAlerts(entries, { knownAssets, atMs: nowMs() }));
  };
