import { asker } from '../../../adapters/trial-ledger/asker.ts';
import { DeskError } from '../../../core/errors.ts';
import { print, printJson } from '../output.ts';
import { requireKnownAccount, requireReason } from './known-account.ts';
import { tellGuard } from './tell-guard.ts';
import { openTradingDesk } from './trading-desk.ts';
import { secondText } from './words.ts';

export type ReduceOptions = Readonly<{ reason: string; json?: true }>;

/**
 * Makes an account REDUCING: first the flag in the store, by which every submission is judged, then a guard that runs.
 * What rests goes on resting. It never loosens a halt, not even one that comes at the same moment.
 */
export async function reduceByHand(account: string, { reason, json }: ReduceOptions): Promise<void> {
  requireReason(reason, 'why nothing may increase');
  const trading = await openTradingDesk();
  try {
    await requireKnownAccount(trading, account);
    const before = await trading.orders.accountState(account);
    if (before.mode === 'HALTED') {
      throw new DeskError('BadInput', 'it is halted, which lets nothing pass at all', {
        path: 'account',
        expected: 'an account that is ACTIVE; nightdesk resume ends a halt',
        found: `${account}, HALTED by ${before.by}: ${before.reason}`,
      });
    }
    // Not as a person, who may end a halt: the store refuses it where somebody has halted since.
    const why = { reason, by: asker(), person: false };
    const nowMs = Date.now();
    const state = await trading.orders.setMode(account, 'REDUCING', why, nowMs, nowMs);
    await tellGuard(account, 'setMode', { mode: 'REDUCING', ...why });
    if (json) return printJson(state);
    print(`${account}: REDUCING since ${secondText(state.changedMs)} UTC by ${state.by}: ${state.reason}`);
    print(
      `Only what makes a position smaller passes; what rests, rests on. nightdesk resume ${account} --reason … ends it.`,
    );
  } finally {
    await trading.close();
  }
}
