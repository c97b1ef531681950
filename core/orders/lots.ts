import { signOf, smallest, units, unitText } from './amount.ts';
import { feeInQuote } from './fee-in-quote.ts';
import type { Fill } from './types.ts';

/** `fifo`: what was opened first closes first. `lifo`: what was opened last. `average`: each lot at the average cost. */
export type LotMethod = 'fifo' | 'lifo' | 'average';

/** What a part of a fill moved, in texts. Fees are beside the quote, and count in it where their worth is known. */
export type LotMoney = Readonly<{
  quote: string;
  /** Of fees in base or quote, at the prices of their fills. */
  feesInQuote: string;
  fees: Readonly<Record<string, string>>;
}>;

/** A part of a position that one fill opened and that is there still. */
export type OpenLot = Readonly<{
  symbol: string;
  openedTradeId: string;
  openedMs: number;
  /** Signed: negative for a short. */
  amount: string;
  opening: LotMoney;
}>;

/** A part of a position that one fill opened and another one closed. */
export type ClosedLot = OpenLot &
  Readonly<{
    closedTradeId: string;
    closedMs: number;
    closing: LotMoney;
    /** Before fees. */
    realized: string;
  }>;

type Money = { quote: bigint; feesInQuote: bigint; fees: Map<string, bigint> };

type Lot = Readonly<{ fill: Fill; sign: bigint; money: Money }> & { amount: bigint };

/** Open lots, oldest first, and their amount together; by average cost their money is in one purse. */
type Book = Readonly<{ method: LotMethod; open: Lot[]; purse: Money }> & { held: bigint };

/**
 * The lots of one symbol's fills, which must be in the order of their times: those that closed, in the order of their
 * closing, and those that are open. By average cost what was opened first closes first, at the cost of all that is open.
 * No unit of an amount, of money or of a fee is lost: what rounding leaves stays with the part that is left.
 */
export function lotsOf(
  fills: readonly Fill[],
  method: LotMethod,
): Readonly<{ closed: readonly ClosedLot[]; open: readonly OpenLot[] }> {
  const book: Book = { method, open: [], purse: noMoney(), held: 0n };
  const closed: ClosedLot[] = [];
  for (const fill of fills) {
    const sign = signOf(fill.side);
    const amount = units(fill.amount);
    const money = moneyOf(fill);
    const closing = book.open[0]?.sign === -sign ? smallest(amount, book.held) : 0n;
    if (closing > 0n) closed.push(...close(book, fill, { closing, money: take(money, closing, amount) }));
    if (amount > closing) open(book, { fill, sign, money, amount: amount - closing });
  }
  return { closed, open: leftOpen(book) };
}

function open(book: Book, lot: Lot): void {
  book.open.push(lot);
  book.held += lot.amount;
  if (book.method === 'average') add(book.purse, lot.money);
}

function close(book: Book, fill: Fill, { closing, money }: Readonly<{ closing: bigint; money: Money }>): ClosedLot[] {
  const { method, open: lots, purse } = book;
  // One division for all that this fill closes, as the position at average cost does it.
  const shared = method === 'average' ? take(purse, closing, book.held) : undefined;
  const closed: ClosedLot[] = [];
  for (let left = closing; left > 0n;) {
    const lot = method === 'lifo' ? lots.at(-1) : lots[0];
    if (lot === undefined) break;
    const part = smallest(left, lot.amount);
    const opening = shared === undefined ? take(lot.money, part, lot.amount) : take(shared, part, left);
    closed.push(closedLot(lot, fill, { part, opening, closing: take(money, part, left) }));
    lot.amount -= part;
    left -= part;
    if (lot.amount === 0n) lots.splice(lots.indexOf(lot), 1);
  }
  book.held -= closing;
  return closed;
}

function leftOpen({ method, open: lots, purse, held }: Book): OpenLot[] {
  let left = held;
  return lots.map((lot) => {
    const money = method === 'average' ? take(purse, lot.amount, left) : lot.money;
    left -= lot.amount;
    return openLot(lot, lot.amount, money);
  });
}

const openLot = ({ fill, sign }: Lot, amount: bigint, opening: Money): OpenLot => ({
  symbol: fill.symbol,
  openedTradeId: fill.tradeId,
  openedMs: fill.venueMs,
  amount: unitText(sign * amount),
  opening: moneyText(opening),
});

type Closing = Readonly<{ part: bigint; opening: Money; closing: Money }>;

const closedLot = (lot: Lot, fill: Fill, { part, opening, closing }: Closing): ClosedLot => ({
  ...openLot(lot, part, opening),
  closedTradeId: fill.tradeId,
  closedMs: fill.venueMs,
  closing: moneyText(closing),
  realized: unitText(lot.sign * (closing.quote - opening.quote)),
});

const noMoney = (): Money => ({ quote: 0n, feesInQuote: 0n, fees: new Map() });

function moneyOf(fill: Fill): Money {
  const { quoteAmount, fee, feeAsset } = fill;
  const fees = new Map(units(fee) === 0n ? [] : [[feeAsset, units(fee)]]);
  return { quote: units(quoteAmount), feesInQuote: units(feeInQuote(fill) || '0'), fees };
}

function add(to: Money, { quote, feesInQuote, fees }: Money): void {
  to.quote += quote;
  to.feesInQuote += feesInQuote;
  for (const [asset, fee] of fees) to.fees.set(asset, (to.fees.get(asset) ?? 0n) + fee);
}

/** Takes what belongs to `part` of `whole` out of money. */
function take(from: Money, part: bigint, whole: bigint): Money {
  const share = (value: bigint) => (value * part) / whole;
  const taken = {
    quote: share(from.quote),
    feesInQuote: share(from.feesInQuote),
    fees: new Map([...from.fees].map(([asset, fee]) => [asset, share(fee)])),
  };
  from.quote -= taken.quote;
  from.feesInQuote -= taken.feesInQuote;
  for (const [asset, fee] of taken.fees) from.fees.set(asset, (from.fees.get(asset) ?? 0n) - fee);
  return taken;
}

const moneyText = ({ quote, feesInQuote, fees }: Money): LotMoney => ({
  quote: unitText(quote),
  feesInQuote: unitText(feesInQuote),
  fees: Object.fromEntries([...fees].filter(([, fee]) => fee !== 0n).map(([asset, fee]) => [asset, unitText(fee)])),
});
