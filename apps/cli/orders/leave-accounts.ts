import { loadOrderSettings } from '../../../config/orders.ts';
import { errorDocument, errorLine } from '../../../core/errors.ts';
import { lastSwitch, ourOrders } from '../../../core/order-desk/last-switch.ts';
import { askVenue, deskErrorOfVenue } from '../../../core/order-desk/venue-failures.ts';
import { print } from '../output.ts';
import { terminalColumns } from '../columns.ts';
import { wrapped } from '../table.ts';
import { keptAccounts } from './kept-accounts.ts';
import type { TradingDesk } from './trading-desk.ts';
import { switchText, type Unkept, unkeptText } from './unkept.ts';

/** An account that a command leaves behind; `failure` where its venue could not be asked what rests. */
export type LeftAccount = Unkept | Readonly<{ account: string; failure: string }>;

type Leaving = Readonly<{
  /** That it traded on. */
  account: string;
  serverEnded: boolean;
}>;

/**
 * After a command has ended the workers that it had started: the accounts in which orders rest that nobody keeps. Their
 * dead man's switch is brought to where the keeper would have it, so that what is said of it is so.
 */
export async function leaveAccounts(
  trading: TradingDesk,
  { account, serverEnded }: Leaving,
): Promise<readonly LeftAccount[]> {
  const names = [...new Set([account, ...(await withOpenOrders(trading))])];
  const kept = serverEnded ? new Set<string>() : await keptAccounts(names);
  const left = await Promise.all(names.filter((name) => !kept.has(name)).map((name) => leave(trading, name)));
  return left.filter((each) => each !== undefined);
}

/** A worker that starts keeps all of these. */
async function withOpenOrders({ orders, accounts }: TradingDesk): Promise<string[]> {
  const names: string[] = [];
  for (const { account } of accounts.list()) {
    const [open] = await orders.orders({ account, unsettled: true, limit: 1 });
    if (open !== undefined) names.push(account);
  }
  return names;
}

async function leave(trading: TradingDesk, account: string): Promise<LeftAccount | undefined> {
  try {
    const desk = await trading.of(account);
    const { traits } = desk.exchange;
    const { enabled } = loadOrderSettings(account).dead_man_switch;
    const open = await askVenue(desk.exchange.openOrders());
    const armed = await lastSwitch(desk, open, { enabled });
    const ours = ourOrders(open).length;
    if (ours === 0) return undefined;
    const deadManSwitch = switchText({ traits, enabled, open, armed });
    return { account, orders: open.length, ofOthers: open.length - ours, deadManSwitch };
  } catch (thrown) {
    return { account, failure: errorLine(errorDocument(deskErrorOfVenue(thrown))) };
  }
}

/** Says what rests and that nobody keeps it, and what would. */
export function showLeft(left: readonly LeftAccount[]): void {
  for (const each of left) {
    const text = 'failure' in each ? `what rests could not be asked: ${each.failure}` : unkeptText(each);
    for (const part of wrapped(`${each.account}: ${text}`, terminalColumns())) print(part);
  }
  if (left.length > 0) print('nightdesk up keeps them; nightdesk orders cancel <order> or nightdesk halt ends them.');
}
