import { orderQueues } from '../desk/pollers.ts';
import { type Desk, provideDesk } from '../desk/provide-desk.ts';
import { notice } from '../output.ts';
import { leaveAccounts, type LeftAccount } from './leave-accounts.ts';
import type { TradingDesk } from './trading-desk.ts';

/** Works on a desk with workers for orders, and says which accounts are left behind when workers of ours end with it. */
export async function withDesk<Outcome>(
  { trading, account }: Readonly<{ trading: TradingDesk; account: string }>,
  signal: AbortSignal,
  work: (desk: Desk) => Promise<Outcome>,
): Promise<Readonly<{ outcome: Outcome; left: readonly LeftAccount[] }>> {
  const desk = await provideDesk({ onProgress: notice, signal, queues: orderQueues });
  let outcome: Outcome;
  try {
    outcome = await work(desk);
  } finally {
    await desk.stop();
  }
  const left = desk.workersEnd ? await leaveAccounts(trading, { account, serverEnded: desk.serverEnds }) : [];
  return { outcome, left };
}
