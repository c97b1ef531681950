import { openOrderStore } from '../../../adapters/store/open-order-store.ts';
import { mostRows } from '../../../core/orders/store-rules.ts';
import type { AccountState, OrderDecision, OrderStore } from '../../../core/ports/order-store.ts';
import { terminalColumns } from '../columns.ts';
import { printHalts, secondText } from '../orders/words.ts';
import { print, printJson } from '../output.ts';
import { renderFitted } from '../table.ts';

/** An account, and what was decided about it as a whole or about one of its markets, oldest first. */
type WholeAccount = Readonly<{ account: AccountState; decisions: readonly OrderDecision[] }>;

/** Prints who halted, resumed, tripped or restored an account, and why; false where the store knows none of that name. */
export async function explainAccount(subject: string, json: boolean): Promise<boolean> {
  const store = await openOrderStore();
  try {
    const whole = await wholeAccount(store, subject);
    if (whole.decisions.length === 0 && !(await store.accounts()).includes(subject)) return false;
    if (json) printJson(whole);
    else printWhole(whole);
    return true;
  } finally {
    store.close();
  }
}

/** What the store itself decides about accounts and their markets; wants and groups have decisions without an order, too. */
const aboutAccounts: readonly string[] = ['halted', 'reducing', 'resumed', 'symbolHalted', 'symbolResumed', 'restored'];

async function wholeAccount(store: OrderStore, account: string): Promise<WholeAccount> {
  // No order's id: those of the account as a whole, so that its many orders push none of them out.
  const decisions = await store.decisions({ account, clientOrderId: '', limit: mostRows });
  return {
    account: await store.accountState(account),
    decisions: decisions.filter(({ what }) => aboutAccounts.includes(what)),
  };
}

function printWhole({ account, decisions }: WholeAccount): void {
  printHalts([account]);
  if (account.mode === 'ACTIVE') print(`${account.account} is ACTIVE`);
  if (decisions.length === 0) return print('nobody ever halted or resumed it');
  print(
    renderFitted(
      [{ title: 'UTC' }, { title: 'What' }, { title: 'Why, and who' }],
      decisions.map(({ atMs, what, why, by }) => [secondText(atMs), what, by === '' ? why : `${why} (${by})`]),
      terminalColumns(),
    ),
  );
}
