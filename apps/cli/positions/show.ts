import pc from 'picocolors';
import { openOrderStore } from '../../../adapters/store/open-order-store.ts';
import { sumText, units, unitText } from '../../../core/orders/amount.ts';
import { dustOf } from '../../../core/orders/dust.ts';
import type { Exchange, Market } from '../../../core/ports/exchange.ts';
import { isWide, terminalColumns } from '../columns.ts';
import { accountNames } from '../orders/account-names.ts';
import { atVenues, type VenueAnswer } from '../orders/at-venues.ts';
import { printHalts, shortAmount } from '../orders/words.ts';
import { notice, print, printJson } from '../output.ts';
import { renderFitted, wrapped } from '../table.ts';
import { type PositionRow, positionsOf } from './positions-of.ts';

export type PositionsOptions = Readonly<{
  account?: string;
  symbol?: string;
  all?: true;
  venue?: true;
  json?: true;
}>;

/** What the venue says of the same market; amounts are absent on spot, where positions are balances. */
type AtVenue = Readonly<{ price: string; amount?: string; unrealized?: string; market?: Market }>;

type ShownPosition = PositionRow &
  Readonly<{
    atVenue?: Omit<AtVenue, 'market'>;
    difference?: string;
    /** No order can get rid of it, at the price of `atVenue`. */
    dust?: true;
    /** Of these books that holds, whatever the account has in all. */
    dustBooks?: readonly string[];
    /** Why. */
    dustReason?: string;
  }>;

/** Prints positions by the ledger; with `--venue` what the venue says of them. */
export async function showPositions(options: PositionsOptions): Promise<void> {
  const { account, symbol, all, venue, json } = options;
  const store = await openOrderStore();
  try {
    const names = await accountNames(store, account);
    const rows = (await Promise.all(names.map((name) => positionsOf(store, name, symbol?.toUpperCase())))).flat();
    const held = rows.filter(({ amount }) => all || venue || amount !== '0');
    const answers = venue ? await atVenues(names, (exchange, name) => askPositions(exchange, rowsOf(held, name))) : [];
    const shown = held.map((row) => withVenue(row, answers)).filter((row) => all || row.amount !== '0' || isOff(row));
    if (json) return printJson({ positions: shown, ...(venue && { failures: answers.filter(hasFailed) }) });
    printHalts(await Promise.all(names.map((name) => store.accountState(name))));
    for (const { account: name, failure } of answers) if (failure !== undefined) notice(`${name}: ${failure}`);
    if (shown.length === 0) return print('flat: no position is open (--all shows closed ones)');
    print(table(shown, venue === true));
    for (const row of shown) if (row.dustReason !== undefined) printDust(row, row.dustReason);
  } finally {
    store.close();
  }
}

const rowsOf = (rows: readonly PositionRow[], account: string) => rows.filter((row) => row.account === account);

const hasFailed = ({ failure }: VenueAnswer<unknown>): boolean => failure !== undefined;

const isOff = ({ difference }: ShownPosition): boolean => difference !== undefined && difference !== '0';

async function askPositions(exchange: Exchange, rows: readonly PositionRow[]): Promise<Record<string, AtVenue>> {
  const [positions, markets] = await Promise.all([exchange.positions(), exchange.markets()]);
  const symbols = [...new Set([...rows.map(({ symbol }) => symbol), ...positions.map(({ symbol }) => symbol)])];
  const answers = await Promise.all(
    symbols.map(async (symbol): Promise<[string, AtVenue]> => {
      const { price } = await exchange.referencePrice(symbol);
      const held = positions.find((position) => position.symbol === symbol);
      const market = markets.find((each) => each.symbol === symbol);
      const asked = { price, ...(market !== undefined && { market }) };
      if (!exchange.traits.hasPositions) return [symbol, asked];
      return [symbol, { ...asked, amount: held?.amount ?? '0', unrealized: held?.unrealizedPnl ?? '0' }];
    }),
  );
  return Object.fromEntries(answers);
}

function withVenue(row: PositionRow, answers: readonly VenueAnswer<Record<string, AtVenue>>[]): ShownPosition {
  const answer = answers.find(({ account }) => account === row.account)?.answer?.[row.symbol];
  if (answer === undefined) return row;
  const { market, ...atVenue } = answer;
  const { amount } = atVenue;
  return {
    ...row,
    atVenue,
    ...(market !== undefined && dustIn(row, market, atVenue.price)),
    ...(amount !== undefined && { difference: sumText(amount, unitText(-units(row.amount))) }),
  };
}

function dustIn({ amount, books }: PositionRow, market: Market, price: string) {
  const whole = dustOf(amount, market, price);
  const ofBooks = Object.entries(books).flatMap(([book, held]) => {
    const dust = dustOf(held, market, price);
    return dust === undefined ? [] : [{ book, reason: dust.reason }];
  });
  const reason = whole?.reason ?? ofBooks[0]?.reason;
  return {
    ...(whole !== undefined && { dust: true as const }),
    ...(ofBooks.length > 0 && { dustBooks: ofBooks.map(({ book }) => book) }),
    ...(reason !== undefined && { dustReason: reason }),
  };
}

/** `dust: 0.00001 STR-001 of binance-main BTC/USDT, valued at 64000; an order is worth at least 5 USDT` */
function printDust({ account, symbol, amount, books, atVenue, dust, dustBooks = [] }: ShownPosition, reason: string) {
  const ofBooks = dustBooks.map((book) => `${books[book] ?? ''}\u00A0${book}`).join(', ');
  const what = dust === true ? amount : ofBooks;
  const text = `dust: ${what} of ${account} ${symbol}, valued at ${atVenue?.price ?? ''}; ${reason}`;
  for (const part of wrapped(text, terminalColumns())) print(pc.dim(part));
}

function table(rows: readonly ShownPosition[], venue: boolean): string {
  const wide = isWide();
  const funded = rows.some(({ funding }) => Object.keys(funding).length > 0);
  return renderFitted(
    [
      { title: 'Account' },
      { title: 'Symbol' },
      { title: 'Amount', align: 'right' },
      { title: 'Entry', align: 'right' },
      ...(venue
        ? ([
            { title: 'Now', align: 'right' },
            { title: 'Off by', align: 'right' },
          ] as const)
        : []),
      { title: 'Realised', align: 'right' },
      ...(funded ? ([{ title: 'Funding', align: 'right' }] as const) : []),
      ...(wide && !venue ? ([{ title: 'Fees', align: 'right' }] as const) : []),
      { title: 'Books' },
    ],
    rows.map((row) => [
      row.account,
      row.symbol,
      row.amount,
      shortAmount(row.entryPrice),
      ...(venue ? [shortAmount(row.atVenue?.price ?? ''), row.difference ?? ''] : []),
      `${shortAmount(row.realized)} ${row.unit}`,
      ...(funded ? [pairs(row.funding)] : []),
      ...(wide && !venue ? [pairs(row.fees)] : []),
      pairs(row.books, true),
    ]),
    terminalColumns(),
  );
}

/** `0.1 STR-001, -0.01 unassigned`: amounts of books are exact, money is shortened. */
const pairs = (sums: Readonly<Record<string, string>>, exact = false): string =>
  Object.entries(sums)
    .map(([name, amount]) => `${exact ? amount : shortAmount(amount)}\u00A0${name}`)
    .join(', ');
