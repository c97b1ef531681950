import type { Market } from '../ports/exchange.ts';
import type { LedgerEntry } from '../ports/order-store.ts';
import { signOf, units, unitText } from './amount.ts';
import type { Fill } from './types.ts';

/**
 * Where value can be. `assets`: what the venue holds for us. `positions`: size of perpetuals, the symbol as asset.
 * The others say where it went or came from: `trading`, `fees`, `external` (deposits, withdrawals, and what
 * reconciliation found), `funding`, `crossing` (between books, sums to zero in the account).
 */
export type LedgerAccount = 'assets' | 'positions' | 'trading' | 'fees' | 'external' | 'funding' | 'crossing';

/** What the ledger needs to know of a market. */
export type LedgerMarket = Pick<Market, 'symbol' | 'base' | 'quote' | 'settle'>;

/** One book's part of a fill. Units; `amount` and `quote` are without sign, a rebate is a negative `fee`. */
export type FillShare = Readonly<{ book: string; amount: bigint; quote: bigint; fee: bigint; realized: bigint }>;

/** The whole fill for one book. */
export const wholeShare = (fill: Fill, book: string): FillShare => ({
  book,
  amount: units(fill.amount),
  quote: units(fill.quoteAmount),
  fee: units(fill.fee),
  realized: units(fill.realizedPnl ?? '0'),
});

/** Identity of a fill, everywhere: it is applied once. */
export const fillKey = ({ venue, symbol, tradeId }: Pick<Fill, 'venue' | 'symbol' | 'tradeId'>): string =>
  `${venue} ${symbol} ${tradeId}`;

/**
 * The postings of one fill, balanced per asset and book. Spot moves base and quote; a perpetual moves its position and
 * what it realised; both pay their fee.
 */
export function fillEntries(
  fill: Fill,
  market: LedgerMarket,
  account: string,
  shares: readonly FillShare[],
): LedgerEntry[] {
  const transactionId = `fill ${fillKey(fill)}`;
  const sign = signOf(fill.side);
  return shares.flatMap(({ book, amount, quote, fee, realized }) => {
    const moves: readonly Move[] =
      market.settle === undefined
        ? [
            ['assets', 'trading', market.base, sign * amount],
            ['assets', 'trading', market.quote, -sign * quote],
            ['assets', 'fees', fill.feeAsset, -fee],
          ]
        : [
            ['positions', 'trading', market.symbol, sign * amount],
            ['assets', 'trading', market.settle, realized],
            ['assets', 'fees', fill.feeAsset, -fee],
          ];
    return entriesOf(moves, {
      transactionId,
      account,
      book,
      symbol: fill.symbol,
      source: fill.tradeId,
      venueMs: fill.venueMs,
    });
  });
}

/** What is added to the first account and taken from the second. */
export type Move = readonly [to: LedgerAccount, from: LedgerAccount, asset: string, amount: bigint];

/** Both sides of each move; moves of nothing are left out. */
export function entriesOf(
  moves: readonly Move[],
  common: Omit<LedgerEntry, 'ledgerAccount' | 'asset' | 'amount'>,
): LedgerEntry[] {
  return moves
    .filter(([, , , amount]) => amount !== 0n)
    .flatMap(([to, from, asset, amount]) => [
      { ...common, ledgerAccount: to, asset, amount: unitText(amount) },
      { ...common, ledgerAccount: from, asset, amount: unitText(-amount) },
    ]);
}

/** `transactionId asset: sum` for each that does not sum to zero: always empty, asserted in production too. */
export function unbalanced(entries: readonly LedgerEntry[]): string[] {
  const sums = new Map<string, bigint>();
  for (const { transactionId, asset, amount } of entries) {
    const key = `${transactionId} ${asset}`;
    sums.set(key, (sums.get(key) ?? 0n) + units(amount));
  }
  return [...sums].filter(([, sum]) => sum !== 0n).map(([key, sum]) => `${key}: ${unitText(sum)}`);
}
