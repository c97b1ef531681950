import { isOpen, type VenueOrder } from '../../../../core/venue/order.ts';
import { cancelOrder } from '../../../../core/venue/orders.ts';
import { reducible } from '../../../../core/venue/positions.ts';
import { accountOf, marketOf } from '../../../../core/venue/state.ts';
import { visibleOrders, visibleOrder, namedOrder } from '../find-order.ts';
import { BinanceError, missing } from './errors.ts';
import { needed, type BinanceCall, type BinanceHost, type BinanceRoute } from './host.ts';
import { matched } from './matched.ts';
import { parametersOf } from './parameters.ts';
import { clientIdNamed, ownClientId, readDecimal, stopOf, timesOf } from './read-order.ts';
import { orderNameOf } from './spot-orders.ts';
import { sideText, styleOf } from './text.ts';
import { placeUsdm, readCommon } from './usdm-orders.ts';

type AlgoType = Readonly<{ type: 'limit' | 'market'; stop: 'loss' | 'profit' }>;

const algoTypes: Readonly<Record<string, AlgoType>> = {
  STOP: { type: 'limit', stop: 'loss' },
  STOP_MARKET: { type: 'market', stop: 'loss' },
  TAKE_PROFIT: { type: 'limit', stop: 'profit' },
  TAKE_PROFIT_MARKET: { type: 'market', stop: 'profit' },
};

/** An algo order's own states: it waits, it woke into a plain order, it is over. */
export function algoStatus({ active, status }: VenueOrder): string {
  if (status === 'canceled' && !active) return 'CANCELED';
  if (status === 'expired' && !active) return 'EXPIRED';
  if (!active) return 'NEW';
  return status === 'open' ? 'TRIGGERED' : 'FINISHED';
}

/** A stop order as the algo endpoints show it; once it woke, `actualOrderId` is its plain order. */
export function algoOrder(host: BinanceHost, order: VenueOrder) {
  const style = styleOf(host, marketOf(host.venue, order.market).market);
  return {
    algoId: order.id,
    clientAlgoId: order.clientId,
    algoType: 'CONDITIONAL',
    orderType: String(order.note.type),
    symbol: order.market,
    side: sideText(order),
    positionSide: 'BOTH',
    timeInForce: order.timeInForce,
    quantity: style.quantity(order.quantity),
    algoStatus: algoStatus(order),
    actualOrderId: order.active ? String(order.id) : '',
    actualPrice: style.average(order.cost, order.filled),
    triggerPrice: style.price(order.stop?.price ?? 0n),
    price: style.price(order.price),
    icebergQuantity: null,
    tpTriggerPrice: '0.000',
    tpPrice: '0.000',
    slTriggerPrice: '0.000',
    slPrice: '0.000',
    tpOrderType: '',
    selfTradePreventionMode: 'EXPIRE_MAKER',
    workingType: 'CONTRACT_PRICE',
    priceMatch: 'NONE',
    closePosition: order.note.closePosition === true,
    priceProtect: false,
    reduceOnly: order.reduceOnly,
    createTime: order.createdMs,
    updateTime: order.updatedMs,
    triggerTime: order.active ? order.updatedMs : 0,
    goodTillDate: 0,
  };
}

function place(call: BinanceCall): unknown {
  if (needed(call, 'algoType') !== 'CONDITIONAL') throw new BinanceError(-1102, "Parameter 'algoType' was malformed.");
  const typeName = needed(call, 'type');
  const kind = Object.hasOwn(algoTypes, typeName) ? algoTypes[typeName] : undefined;
  if (kind === undefined) throw new BinanceError(-1116, 'Invalid orderType.');
  const { market, side, quantity, price, postOnly, timeInForce, reduceOnly } = readCommon(call);
  const trigger = readDecimal(call, 'triggerPrice', {
    decimals: market.priceDecimals,
    most: market.priceDecimals,
    tooFine: new BinanceError(-1111, 'Precision is over the maximum defined for this asset.'),
  });
  if (trigger === undefined) throw missing('triggerPrice');
  const closePosition = call.get('closePosition')?.toLowerCase() === 'true';
  if (kind.type === 'limit' && price === undefined) throw missing('price');
  if (!closePosition && quantity === undefined) throw missing('quantity');
  const request = {
    account: call.account.id,
    market: market.id,
    side,
    type: kind.type,
    stop: stopOf(side, kind.stop, trigger),
    clientId: clientIdNamed(call, 'clientAlgoId') ?? ownClientId(call),
    note: { type: typeName, closePosition, ...timesOf(call) },
    reduceOnly: reduceOnly || closePosition,
    postOnly,
    ...(quantity !== undefined && { quantity }),
    ...(kind.type === 'limit' && price !== undefined && { price }),
    ...(timeInForce !== undefined && { timeInForce }),
  };
  // closePosition takes the size that is there then; a smaller position is closed by reduce-only.
  return matched(call, (at) => {
    const size = () => reducible(accountOf(at.host.venue, at.account.id), market.id, side) || market.lot;
    return algoOrder(at.host, placeUsdm(at, closePosition ? { ...request, quantity: size() } : request));
  });
}

const isAlgo = ({ stop }: VenueOrder) => stop !== undefined;

const nameOf = (call: BinanceCall) => orderNameOf(call, ['algoId', 'clientAlgoId']);

function query(call: BinanceCall): unknown {
  const order = visibleOrder(call.host.simulation, call.host.venue, { account: call.account.id, name: nameOf(call) });
  if (order === undefined || !isAlgo(order)) throw new BinanceError(-2013, 'Order does not exist.');
  return algoOrder(call.host, order);
}

function cancel(call: BinanceCall): unknown {
  const order = namedOrder(call.host.venue, { account: call.account.id, name: nameOf(call) });
  if (order === undefined || !isAlgo(order) || !cancelOrder(call.host.venue, order)) {
    throw new BinanceError(-2011, 'Unknown order sent.');
  }
  return { algoId: order.id, clientAlgoId: order.clientId, code: '200', msg: 'success' };
}

function algoOrders(call: BinanceCall): VenueOrder[] {
  const market = call.get('symbol');
  const asked = { account: call.account.id, ...(market !== undefined && { market }) };
  return visibleOrders(call.host.simulation, call.host.venue, asked).filter(isAlgo);
}

function cancelOpen(call: BinanceCall): unknown {
  needed(call, 'symbol');
  for (const order of algoOrders(call)) if (isOpen(order) && !order.active) cancelOrder(call.host.venue, order);
  return { code: 200, msg: 'The operation of cancel all open order is done.' };
}

const signed = { security: 'signed', weight: 1 } as const;
const trading = { ...signed, trades: true } as const;

export const usdmAlgoRoutes: Readonly<Record<string, BinanceRoute>> = {
  'POST algoOrder': { ...trading, parameters: parametersOf.usdmAlgo, answer: place },
  'GET algoOrder': { ...signed, answer: query },
  'DELETE algoOrder': { ...trading, answer: (call) => matched(call, cancel) },
  'GET openAlgoOrders': {
    ...signed,
    answer: (call) =>
      algoOrders(call)
        .filter((order) => isOpen(order) && !order.active)
        .map((order) => algoOrder(call.host, order)),
  },
  'GET allAlgoOrders': {
    ...signed,
    weight: 5,
    answer: (call) => algoOrders(call).map((order) => algoOrder(call.host, order)),
  },
  'DELETE algoOpenOrders': { ...trading, answer: (call) => matched(call, cancelOpen) },
};
