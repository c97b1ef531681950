import { accountContract } from './order-store/accounts.ts';
import { adoptionContract } from './order-store/adoption.ts';
import { callContract } from './order-store/calls.ts';
import { intentContract } from './order-store/intents.ts';
import { ledgerContract } from './order-store/ledger.ts';
import { recordContract } from './order-store/records.ts';
import { stepContract } from './order-store/steps.ts';
import { submissionContract } from './order-store/submission.ts';
import { type OpenedOrderStore, withStoreOf } from './order-store/with-store.ts';

/** What every order store does. `open` gives an empty one; the suite closes it. */
export function orderStoreContract(name: string, open: () => Promise<OpenedOrderStore>): void {
  const withStore = withStoreOf(open);
  intentContract(name, withStore);
  submissionContract(name, withStore);
  stepContract(name, withStore);
  ledgerContract(name, withStore);
  accountContract(name, withStore);
  recordContract(name, withStore);
  adoptionContract(name, withStore);
  callContract(name, withStore);
}
