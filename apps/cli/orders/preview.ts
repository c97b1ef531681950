import { collarOf, limitsOf, loadOrderSettings } from '../../../config/orders.ts';
import { roundToMarket, signOf, sumText, units, unitText } from '../../../core/orders/amount.ts';
import type { CollarVerdict } from '../../../core/orders/collar.ts';
import { stepGuard } from '../../../core/orders/guard.ts';
import type { GuardLimits, GuardState } from '../../../core/orders/guard-types.ts';
import type { OrderRequest } from '../../../core/orders/order-request.ts';
import { positionIn, reduces } from '../../../core/orders/reducing.ts';
import type { Side } from '../../../core/orders/types.ts';
import { marketOf } from '../../../core/order-desk/apply-event.ts';
import { collarVerdict, priceCheckBy, valuationPrice } from '../../../core/order-desk/check-price.ts';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import { loadGuard } from '../../../core/order-desk/load-guard.ts';
import { priceInLimits } from '../../../core/order-desk/quote-rates.ts';
import { askVenue } from '../../../core/order-desk/venue-failures.ts';
import type { AccountInfo, Accounts } from '../../../core/ports/accounts.ts';
import type { Market } from '../../../core/ports/exchange.ts';
import type { OrderStore } from '../../../core/ports/order-store.ts';
import { bookAmounts } from '../positions/positions-of.ts';
import { type FundsFound, fundsFor, fundsRefusal } from './funds.ts';
import { leftAsDust, type LeftDust } from './left-as-dust.ts';
import { notionalText } from './notional.ts';

/** What would come of an order now. Nothing is stored and nothing sent for it. */
export type OrderPreview = Readonly<{
  account: AccountInfo;
  symbol: string;
  side: Side;
  type: string;
  asked: Readonly<{ amount: string; price?: string; stopPrice?: string }>;
  /** In the market's steps, rounded toward less risk. */
  rounded: Readonly<{ amount: string; price?: string; stopPrice?: string }>;
  steps: Readonly<{ amount: string; price: string; minAmount: string; minNotional: string }>;
  reference: Readonly<{ price: string; source: string }>;
  /** The second price that the order's is held against, where it is within; `account`: whose venue says it. */
  collar?: Readonly<{ price: string; source: string; account?: string }>;
  /** What the guard values it at: at worst. */
  worstPrice: string;
  notional: string;
  funds: FundsFound;
  /** What it would leave, too small for another order. */
  leftAsDust: readonly LeftDust[];
  mode: string;
  /** Empty where the order may go out. */
  refusals: readonly string[];
}>;

type Trading = Readonly<{ desk: OrderDesk; accounts: Pick<Accounts, 'exchange'> }>;

/** Asks what the order's own steps would ask: market rules, collar, and a guard made from the store's rows. */
export async function previewOrder(
  { desk, accounts }: Trading,
  account: AccountInfo,
  request: OrderRequest,
): Promise<OrderPreview> {
  const { exchange } = desk;
  const { symbol, side, type } = request;
  const settings = loadOrderSettings(account.account);
  const collar = collarOf(settings);
  const { reference_account: referenceAccount } = settings.price_check;
  const [market, reference, guard, check] = await Promise.all([
    marketOf(exchange, symbol),
    askVenue(exchange.referencePrice(symbol)),
    loadGuard(desk, limitsOf(settings)),
    priceCheckBy(collar, referenceAccount, accounts),
  ]);
  const { amount, price, stopPrice } = roundToMarket(request, market, request.price ?? reference.price);
  const rounded = { amount, ...(price !== undefined && { price }), ...(stopPrice !== undefined && { stopPrice }) };
  const intent = { symbol, side, type, ...rounded };
  const verdict = await collarVerdict(exchange, intent, check);
  const worstPrice = await valuationPrice(exchange, intent, collar);
  const sized = { ...request, amount };
  const guardSays = await guardRefusal(desk, guard, { request: sized, worstPrice, limits: limitsOf(settings) });
  const lowers = request.reduceOnly || reduces(guard, { symbol, side, amount, clientOrderId: noId });
  const funds = await fundsFor(exchange, market, { side, amount, worstPrice, reduces: lowers });
  const refusals = [guardSays, collarRefusal(verdict), fundsRefusal(funds, { ...market, side })];
  const { amountStep, priceTick, minAmount, minNotional } = market;
  return {
    account,
    symbol,
    side,
    type,
    asked: askedOf(request),
    rounded,
    steps: { amount: amountStep, price: priceTick, minAmount, minNotional },
    reference: { price: reference.price, source: reference.source },
    ...collarOfVerdict(verdict, referenceAccount),
    worstPrice,
    notional: notionalText(worstPrice, amount),
    funds,
    leftAsDust: await dustLeft(desk, guard, { request: sized, market, funds, price: reference.price }),
    mode: guard.mode,
    refusals: refusals.filter((refusal) => refusal !== undefined),
  };
}

/** Of an order that has none yet. */
const noId = '0'.repeat(32);

const askedOf = ({ amount, price, stopPrice }: OrderRequest): OrderPreview['asked'] => ({
  amount,
  ...(price !== undefined && { price }),
  ...(stopPrice !== undefined && { stopPrice }),
});

const collarRefusal = (verdict: CollarVerdict): string | undefined =>
  verdict.kind === 'within' ? undefined : verdict.reason;

function collarOfVerdict(verdict: CollarVerdict, account: string | undefined): Pick<OrderPreview, 'collar'> {
  if (verdict.kind !== 'within') return {};
  const { source, reference: price } = verdict;
  return { collar: { price, source, ...(source === 'otherVenue' && account !== undefined && { account }) } };
}

type Asking = Readonly<{ request: OrderRequest; worstPrice: string; limits: GuardLimits }>;

async function guardRefusal(
  { exchange }: OrderDesk,
  guard: GuardState,
  { request, worstPrice, limits }: Asking,
): Promise<string | undefined> {
  const { symbol, side, amount, reduceOnly, type } = request;
  const valued = await priceInLimits(exchange, { symbol, price: worstPrice }, limits);
  const protective = type === 'stopMarket';
  const asked = { clientOrderId: noId, symbol, side, amount, ...valued, reduceOnly, protective };
  const venueMs = await askVenue(exchange.venueTimeMs());
  const { decision } = stepGuard(guard, { type: 'reserve', venueMs, request: asked });
  return decision?.kind === 'refused' ? decision.reason : undefined;
}

type Leaving = Readonly<{ request: OrderRequest; market: Market; funds: FundsFound; price: string }>;

async function dustLeft(
  { account, orders }: OrderDesk,
  guard: GuardState,
  { request, market, funds, price }: Leaving,
): Promise<readonly LeftDust[]> {
  const { symbol, side, book } = request;
  const amount = unitText(signOf(side) * units(request.amount));
  const { base } = 'base' in funds ? funds : { base: undefined };
  const all = base ?? unitText(positionIn(guard, symbol));
  const ofBook = await heldBy(orders, account, { book, market });
  const held = [
    { where: 'the account', amount: all },
    { where: `book ${book}`, amount: ofBook },
  ];
  return leftAsDust(held, { market, amount, price });
}

/** On spot what a book has of the base asset, after fees that were paid in it. */
async function heldBy(
  orders: OrderStore,
  account: string,
  { book, market }: Readonly<{ book: string; market: Market }>,
): Promise<string> {
  if (market.settle !== undefined) return (await bookAmounts(orders, account, market.symbol))[book] ?? '0';
  const totals = await orders.ledgerTotals(account);
  const own = totals.filter(
    (total) => total.ledgerAccount === 'assets' && total.asset === market.base && total.book === book,
  );
  return sumText('0', ...own.map(({ amount }) => amount));
}
