import { asker } from '../../../adapters/trial-ledger/asker.ts';
import type { ReconcileReport } from '../../../core/order-desk/reconcile-account.ts';
import { takeUpRestored } from '../../../core/order-desk/take-up-restored.ts';
import { DeskError } from '../../../core/errors.ts';
import { count } from '../format.ts';
import { notice, print, printJson } from '../output.ts';
import { stopSignal } from '../stop-signal.ts';
import { openTradingDesk } from './trading-desk.ts';

/** Takes accounts up again after the order store was restored from a backup. They stay halted. */
export async function takeUpAccounts(account: string | undefined, { json }: Readonly<{ json?: true }>): Promise<void> {
  const trading = await openTradingDesk();
  const { signal, release } = stopSignal();
  try {
    const names = account === undefined ? trading.accounts.list().map((each) => each.account) : [account];
    if (names.length === 0) throw new DeskError('NotFound', 'no account is set up', { file: 'config/api-keys.yaml' });
    const reports = await Promise.all(
      names.map(async (name) => {
        const onWait = (leftMs: number, underWay: number) =>
          notice(`${name}: HALTED, ${count(underWay)} orders under way; looking in ${Math.ceil(leftMs / 1_000)} s`);
        const report = await takeUpRestored(await trading.of(name), { by: asker(), signal, onWait: once(onWait) });
        return { account: name, ...report };
      }),
    );
    if (json) printJson({ accounts: reports.map(({ memory: _memory, ...report }) => report) });
    else reports.forEach(show);
    if (reports.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
  } finally {
    release();
    await trading.close();
  }
}

/** The first time only: the wait is said once. */
function once<A extends readonly unknown[]>(say: (...args: A) => void): (...args: A) => void {
  let said = false;
  return (...args) => {
    if (!said) say(...args);
    said = true;
  };
}

function show({ account, done, drift, failures, records }: ReconcileReport & { account: string }): void {
  print(`${account}: ${count(done.length)} things done, ${count(records.length)} orders were under way`);
  for (const line of done) print(`  ${line}`);
  for (const { state, intent } of records) print(`  ${intent.clientOrderId} ${state}`);
  for (const { asset, difference } of drift)
    print(`  ${asset}: the venue has ${difference} that the ledger does not explain`);
  for (const line of failures) print(`  failed: ${line}`);
  const next = failures.length > 0 ? 'run this command again' : `nightdesk resume ${account} --reason …`;
  print(`  It stays HALTED. When all of this is as it should be: ${next}`);
}
