import { collarOf, limitsOf, loadOrderSettings } from '../../../config/orders.ts';
import { roundToMarket } from '../../../core/orders/amount.ts';
import { stepGuard } from '../../../core/orders/guard.ts';
import type { OrderRequest } from '../../../core/orders/order-request.ts';
import { marketOf } from '../../../core/order-desk/apply-event.ts';
import { collarVerdict, valuationPrice } from '../../../core/order-desk/check-price.ts';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import { loadGuard } from '../../../core/order-desk/load-guard.ts';
import { priceInLimits } from '../../../core/order-desk/quote-rates.ts';
import { askVenue } from '../../../core/order-desk/venue-failures.ts';
import type { AccountInfo } from '../../../core/ports/accounts.ts';
import { notionalText } from './notional.ts';

/** What would come of an order now. Nothing is stored and nothing sent for it. */
export type OrderPreview = Readonly<{
  account: AccountInfo;
  symbol: string;
  side: string;
  type: string;
  asked: Readonly<{ amount: string; price?: string; stopPrice?: string }>;
  /** In the market's steps, rounded toward less risk. */
  rounded: Readonly<{ amount: string; price?: string; stopPrice?: string }>;
  steps: Readonly<{ amount: string; price: string; minAmount: string; minNotional: string }>;
  reference: Readonly<{ price: string; source: string }>;
  /** What the guard values it at: at worst. */
  worstPrice: string;
  notional: string;
  mode: string;
  /** Empty where the order may go out. */
  refusals: readonly string[];
}>;

/** Asks what the order's own steps would ask: market rules, collar, and a guard made from the store's rows. */
export async function previewOrder(
  desk: OrderDesk,
  account: AccountInfo,
  request: OrderRequest,
): Promise<OrderPreview> {
  const { exchange } = desk;
  const { symbol, side, type, reduceOnly } = request;
  const settings = loadOrderSettings(account.account);
  const collar = collarOf(settings);
  const [market, reference, guard, venueMs] = await Promise.all([
    marketOf(exchange, symbol),
    askVenue(exchange.referencePrice(symbol)),
    loadGuard(desk, limitsOf(settings)),
    askVenue(exchange.venueTimeMs()),
  ]);
  const { amount, price, stopPrice } = roundToMarket(request, market, request.price ?? reference.price);
  const rounded = { amount, ...(price !== undefined && { price }), ...(stopPrice !== undefined && { stopPrice }) };
  const intent = { symbol, side, type, ...rounded };
  const verdict = await collarVerdict(exchange, intent, { settings: collar });
  const worstPrice = await valuationPrice(exchange, intent, collar);
  const limits = limitsOf(settings);
  const valued = await priceInLimits(exchange, { symbol, price: worstPrice }, limits);
  const { decision } = stepGuard(guard, {
    type: 'reserve',
    venueMs,
    request: {
      clientOrderId: '0'.repeat(32),
      symbol,
      side,
      amount,
      ...valued,
      reduceOnly,
      protective: type === 'stopMarket',
    },
  });
  const refusals = [
    ...(decision?.kind === 'refused' ? [decision.reason] : []),
    ...(verdict.kind === 'within' ? [] : [verdict.reason]),
  ];
  const asked = {
    amount: request.amount,
    ...(request.price !== undefined && { price: request.price }),
    ...(request.stopPrice !== undefined && { stopPrice: request.stopPrice }),
  };
  const { amountStep, priceTick, minAmount, minNotional } = market;
  return {
    account,
    symbol,
    side,
    type,
    asked,
    rounded,
    steps: { amount: amountStep, price: priceTick, minAmount, minNotional },
    reference: { price: reference.price, source: reference.source },
    worstPrice,
    notional: notionalText(worstPrice, amount),
    mode: guard.mode,
    refusals,
  };
}
