import pc from 'picocolors';
import { openOrderStore } from '../../../adapters/store/open-order-store.ts';
import { sumText, units, unitText } from '../../../core/orders/amount.ts';
import type { Balance } from '../../../core/ports/exchange.ts';
import type { OrderStore } from '../../../core/ports/order-store.ts';
import { terminalColumns } from '../columns.ts';
import { accountNames } from '../orders/account-names.ts';
import { atVenues, type VenueAnswer } from '../orders/at-venues.ts';
import { notice, print, printJson } from '../output.ts';
import { renderFitted } from '../table.ts';

export type BalancesOptions = Readonly<{ account?: string; asset?: string; venue?: true; json?: true }>;

/** Decimal strings. Without `--venue`, or where it did not answer, nothing is said of the venue. */
type BalanceRow = Readonly<{
  account: string;
  asset: string;
  ledger: string;
  books: Readonly<Record<string, string>>;
  free?: string;
  locked?: string;
  /** What the venue has and the ledger does not explain. */
  difference?: string;
}>;

/** Prints balances. A difference ends with exit code 1, so that scripts see it. */
export async function showBalances({ account, asset, venue, json }: BalancesOptions): Promise<void> {
  const store = await openOrderStore();
  try {
    const names = await accountNames(store, account);
    const answers = venue ? await atVenues(names, (exchange) => exchange.balances()) : [];
    const rows = (await Promise.all(names.map((name) => rowsOf(store, name, answers)))).flat();
    const shown = rows.filter((row) => asset === undefined || row.asset === asset.toUpperCase());
    const failures = answers.filter(({ failure }) => failure !== undefined);
    if (failures.length > 0 || shown.some(isOff)) process.exitCode = 1;
    if (json) return printJson({ balances: shown, ...(venue && { failures }) });
    for (const { account: name, failure } of failures) notice(`${name}: ${failure}`);
    if (shown.length === 0) return print('the ledger holds nothing');
    print(table(shown, venue === true));
    if (shown.some(isOff)) print('Off by: what nightdesk reconcile books as external, when it stays.');
  } finally {
    store.close();
  }
}

const isOff = ({ difference }: BalanceRow): boolean => difference !== undefined && difference !== '0';

async function rowsOf(
  store: OrderStore,
  account: string,
  answers: readonly VenueAnswer<readonly Balance[]>[],
): Promise<BalanceRow[]> {
  const totals = (await store.ledgerTotals(account)).filter(({ ledgerAccount }) => ledgerAccount === 'assets');
  const answer = answers.find((each) => each.account === account)?.answer;
  const assets = new Set([...totals, ...(answer ?? [])].map((each) => each.asset));
  return [...assets].toSorted().flatMap((asset): BalanceRow[] => {
    const own = totals.filter((total) => total.asset === asset);
    const ledger = sumText(...own.map(({ amount }) => amount));
    const books = Object.fromEntries(own.map(({ book, amount }) => [book, amount]));
    const row = { account, asset, ledger, books };
    if (answer === undefined) return [row];
    const { free, locked } = answer.find((balance) => balance.asset === asset) ?? { free: '0', locked: '0' };
    const difference = sumText(free, locked, unitText(-units(ledger)));
    const isNothing = own.length === 0 && sumText(free, locked) === '0';
    return isNothing ? [] : [{ ...row, free: sumText(free), locked: sumText(locked), difference }];
  });
}

function table(rows: readonly BalanceRow[], venue: boolean): string {
  return renderFitted(
    [
      { title: 'Account' },
      { title: 'Asset' },
      { title: 'Ledger', align: 'right' },
      ...(venue
        ? ([
            { title: 'Free', align: 'right' },
            { title: 'Locked', align: 'right' },
            { title: 'Off by', align: 'right' },
          ] as const)
        : []),
      { title: 'Books' },
    ],
    rows.map((row) => [
      row.account,
      row.asset,
      row.ledger,
      ...(venue
        ? [row.free ?? '', row.locked ?? '', isOff(row) ? pc.yellow(row.difference) : (row.difference ?? '')]
        : []),
      Object.entries(row.books)
        .map(([book, amount]) => `${amount}\u00A0${book}`)
        .join(', '),
    ]),
    terminalColumns(),
  );
}
