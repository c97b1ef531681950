import type { LedgerEntry, OrderAlert } from '../ports/order-store.ts';
import { units } from './amount.ts';

/**
 * One alert for each correction among ledger entries: what is booked as `external` may be a deposit, and may be a
 * theft. RED, but for what comes of an asset that was never booked so before (`knownAssets` are those that were): that
 * is what the account began with, and YELLOW. The key is made of what is booked and of the entry's id, so that a repeat
 * is the same alert. `atMs`: host time.
 */
export const correctionAlerts = (
  entries: readonly LedgerEntry[],
  { knownAssets, atMs }: Readonly<{ knownAssets: ReadonlySet<string>; atMs: number }>,
): OrderAlert[] =>
  entries
    .filter(({ ledgerAccount }) => ledgerAccount !== 'external')
    .map(({ transactionId, account, ledgerAccount, asset, amount, symbol }) => {
      const isFirst = ledgerAccount === 'assets' && units(amount) > 0n && !knownAssets.has(asset);
      return {
        key: `external:${account}:${ledgerAccount}:${asset}:${amount}:${transactionId}`,
        account,
        symbol,
        severity: isFirst ? 'YELLOW' : 'RED',
        text: `${asset} ${amount} is booked as external: ${isFirst ? began : unexplained} nightdesk halt ${account}`,
        atMs,
      };
    });

const began = 'the first of this asset that no order explains, as a rule what the account began with. If it is not:';
const unexplained =
  'two reconciliations in a row saw the venue differ by it, and no order explains it. A deposit, a withdrawal or a trade by hand? If it is none of these:';
