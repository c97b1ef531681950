import { noMemory, reconcileAccount, type ReconcileReport } from '../../../core/order-desk/reconcile-account.ts';
import { DeskError, errorDocument, errorLine } from '../../../core/errors.ts';
import { deskErrorOfVenue } from '../../../core/order-desk/venue-failures.ts';
import { notice, print, printJson } from '../output.ts';
import { stopSignal } from '../stop-signal.ts';
import { openTradingDesk, reachTemporal } from './trading-desk.ts';

/**
 * Compares the store with the venue once: orders, fills, then what the venue holds. Who drives an order is asked of
 * Temporal; where that does not answer, every order counts as driven, and only what the venue shows is taken over.
 */
export async function reconcileByHand(account: string | undefined, { json }: Readonly<{ json?: true }>): Promise<void> {
  const trading = await openTradingDesk();
  const reached = await reachTemporal();
  const { signal, release } = stopSignal();
  try {
    const names = account === undefined ? trading.accounts.list().map((each) => each.account) : [account];
    if (names.length === 0) throw new DeskError('NotFound', 'no account is set up', { file: 'config/api-keys.yaml' });
    if (reached === undefined) notice('Temporal does not answer: orders that nobody drives are left as they are');
    const isAlive = (workflowId: string) => reached?.guards.isRunning(workflowId) ?? Promise.resolve(true);
    const reports: Reported[] = [];
    for (const name of names) {
      try {
        const desk = await trading.of(name);
        const report = await reconcileAccount(desk, { memory: noMemory, whole: true, isAlive, signal });
        reports.push({ account: name, ...report });
      } catch (thrown) {
        // One account whose key is not there hides nothing of the others.
        if (account !== undefined || signal.aborted) throw thrown;
        reports.push({ account: name, failures: [errorLine(errorDocument(deskErrorOfVenue(thrown)))] });
      }
    }
    if (json) printJson({ accounts: reports.map(({ memory: _memory, ...report }) => report) });
    else reports.forEach(show);
    if (reports.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
  } finally {
    release();
    await reached?.close();
    await trading.close();
  }
}

/** Of an account that could not be asked, only why. */
type Reported = Readonly<{ account: string; failures: readonly string[] }> & Partial<ReconcileReport>;

function show({ account, done = [], drift = [], failures, records }: Reported): void {
  const counts =
    records === undefined ? 'not compared' : `${records.length} orders under way, ${done.length} things done`;
  print(`${account}: ${counts}`);
  for (const line of done) print(`  ${line}`);
  for (const { asset, difference } of drift) {
    print(
      `  ${asset}: the venue has ${difference} that the ledger does not explain (booked as external when it stays)`,
    );
  }
  for (const line of failures) print(`  failed: ${line}`);
}
