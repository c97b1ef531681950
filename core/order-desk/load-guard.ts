import { DeskError } from '../errors.ts';
import { signOf, units, unitText } from '../orders/amount.ts';
import { rebuildGuard } from '../orders/guard-rebuild.ts';
import type { GuardLimits, GuardState } from '../orders/guard-types.ts';
import { isAtPar, type LimitCurrency, priceAt } from '../orders/limit-currency.ts';
import type { OrderRecord } from '../ports/order-store.ts';
import type { OrderDesk } from './desk.ts';
import { heldPrices } from './held-prices.ts';
import { clockSetMs, recentOrders } from './open-records.ts';
import { quoteRates } from './quote-rates.ts';
import { askVenue } from './venue-failures.ts';

/** The guard's state anew from the store: when it starts, and after a reset. */
export async function loadGuard(desk: OrderDesk, limits: GuardLimits): Promise<GuardState> {
  const { account, orders, exchange, nowMs } = desk;
  const { receiveWindowMs, engineTimeMs } = exchange.traits;
  const [accountState, venueMs] = await Promise.all([orders.accountState(account), askVenue(exchange.serverTimeMs())]);
  const read = () => recentOrders(orders, account, nowMs(), clockSetMs);
  const { records, ledgerPositions } = await readTogether(desk, read, limits);
  const symbols = records.map(({ intent }) => intent.symbol);
  const rates = await quoteRates(exchange, symbols, limits);
  const ordered = Object.entries(await pricesFor(desk, records)).flatMap(([symbol, price]) => {
    const { [symbol]: rate } = rates;
    return rate === undefined ? [] : [[symbol, priceAt(price, rate)] as const];
  });
  const held = await heldPrices(desk, Object.keys(ledgerPositions), limits);
  const prices = { ...held, ...Object.fromEntries(ordered) };
  const timing = { receiveWindowMs, engineTimeMs };
  return rebuildGuard({ account, limits, timing, records, accountState, ledgerPositions, prices, rates, venueMs });
}

/** Readings until rows and ledger agree; a desk that changes faster is asked again by whoever wanted it. */
const mostReadings = 20;

/**
 * Rows and positions of one moment: a fill that is applied between the two readings would count twice, once as position
 * and once when its order ends. So rows are read again after the ledger, until none has changed.
 */
export async function readTogether(
  desk: OrderDesk,
  readRecords: () => Promise<readonly OrderRecord[]>,
  limits?: LimitCurrency,
): Promise<Readonly<{ records: readonly OrderRecord[]; ledgerPositions: Record<string, string> }>> {
  let records = await readRecords();
  for (let reading = 0; reading < mostReadings; reading++) {
    const ledgerPositions = await positionsBySymbol(desk, records, limits);
    const again = await readRecords();
    if (versionsOf(again) === versionsOf(records)) return { records, ledgerPositions };
    records = again;
  }
  throw new DeskError('StoreUnavailable', `${desk.account}: its orders change faster than they can be read`);
}

const versionsOf = (records: readonly OrderRecord[]): string =>
  records.map(({ intent, version }) => `${intent.clientOrderId} ${version}`).join('\n');

/**
 * What the desk has bought (plus) and sold (minus) since its first order, by symbol, from the ledger. On spot it is the
 * base asset that trades brought in: what was deposited is no position that a limit counts.
 */
export async function positionsBySymbol(
  { account, orders, exchange }: OrderDesk,
  records: readonly OrderRecord[],
  limits: LimitCurrency = {},
): Promise<Record<string, string>> {
  const [totals, markets] = await Promise.all([orders.ledgerTotals(account), askVenue(exchange.markets())]);
  const sums = new Map<string, bigint>();
  const add = (symbol: string, amount: bigint) => sums.set(symbol, (sums.get(symbol) ?? 0n) + amount);
  const traded = new Set(records.map(({ intent }) => intent.symbol));
  for (const { ledgerAccount, asset, amount } of totals) {
    if (ledgerAccount === 'positions') add(asset, units(amount));
    if (ledgerAccount !== 'trading') continue;
    const bases = markets.filter(({ base, settle }) => base === asset && settle === undefined);
    // Where it was not traded lately, in the market whose price needs no second one.
    const atPar = bases.find(({ quote }) => isAtPar(quote, limits));
    const market = bases.find(({ symbol }) => traded.has(symbol)) ?? atPar ?? bases[0];
    // The trading account has what the assets' side gave: the other sign.
    if (market !== undefined) add(market.symbol, -units(amount));
  }
  return Object.fromEntries([...sums].filter(([, amount]) => amount !== 0n).map(([key, sum]) => [key, unitText(sum)]));
}

/** What the ledger holds of orders that are under way, signed, by id. */
export const appliedByOrder = (records: readonly OrderRecord[]): Record<string, string> =>
  Object.fromEntries(
    records.map(({ intent, appliedExecuted }) => [
      intent.clientOrderId,
      unitText(signOf(intent.side) * units(appliedExecuted)),
    ]),
  );

/** Market orders have no price of their own: they are valued at what the venue says now. */
export async function pricesFor(
  { exchange }: OrderDesk,
  records: readonly OrderRecord[],
): Promise<Record<string, string>> {
  const symbols = [...new Set(records.map(({ intent }) => intent.symbol))];
  const prices = await Promise.all(
    symbols.map(async (symbol) => [symbol, (await askVenue(exchange.referencePrice(symbol))).price] as const),
  );
  return Object.fromEntries(prices);
}
