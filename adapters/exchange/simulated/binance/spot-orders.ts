import { formatDecimal } from '../../../../core/venue/decimal.ts';
import type { Fill, OrderRequest, VenueOrder } from '../../../../core/venue/order.ts';
import { cancelOrder, checkOrder, placeOrder } from '../../../../core/venue/orders.ts';
import { accountOf, assetOf, marketOf } from '../../../../core/venue/state.ts';
import { isOld, isVisible, namedOrder, visibleOrder, visibleOrders, type OrderName } from '../find-order.ts';
import { BinanceError, errorBody } from './errors.ts';
import { marketNamed, needed, wholeNumber, type BinanceCall, type BinanceHost, type BinanceRoute } from './host.ts';
import { matched, taken } from './matched.ts';
import { oneOf, parametersOf } from './parameters.ts';
import { clientIdNamed, ownClientId, readSpotOrder, spotRefusal } from './read-order.ts';
import { sideText, statusText, styleOf, typeText } from './text.ts';

/** What order answers have in common. */
export function spotOrderFields(host: BinanceHost, order: VenueOrder) {
  const { market } = marketOf(host.venue, order.market);
  const style = styleOf(host, market);
  return {
    symbol: order.market,
    orderId: order.id,
    orderListId: -1,
    clientOrderId: order.clientId,
    price: style.price(order.price),
    origQty: style.quantity(order.quantity),
    executedQty: style.quantity(order.filled),
    origQuoteOrderQty: style.notional(order.quoteQuantity),
    cummulativeQuoteQty: style.notional(order.cost),
    status: statusText(order),
    timeInForce: order.timeInForce,
    type: typeText(order),
    side: sideText(order),
    ...(order.stop !== undefined && { stopPrice: style.price(order.stop.price) }),
    selfTradePreventionMode: 'EXPIRE_MAKER',
  };
}

const queriedOrder = (host: BinanceHost, order: VenueOrder) => ({
  ...spotOrderFields(host, order),
  stopPrice: styleOf(host, marketOf(host.venue, order.market).market).price(order.stop?.price ?? 0n),
  icebergQty: '0.00000000',
  time: order.createdMs,
  updateTime: order.updatedMs,
  isWorking: order.active,
  workingTime: order.active ? order.createdMs : -1,
});

const feeText = (host: BinanceHost, fill: Fill) => formatDecimal(fill.fee, assetOf(host.venue, fill.feeAsset).decimals);

/** ACK, RESULT or FULL, as newOrderRespType says (FULL for market and limit orders). */
function placedOrder(call: BinanceCall, order: VenueOrder) {
  const { host } = call;
  const kind = call.get('newOrderRespType') ?? (order.stop === undefined && !order.postOnly ? 'FULL' : 'ACK');
  const times = { transactTime: order.createdMs };
  if (kind === 'ACK') {
    return { symbol: order.market, orderId: order.id, orderListId: -1, clientOrderId: order.clientId, ...times };
  }
  const style = styleOf(host, marketOf(host.venue, order.market).market);
  const fills = order.fills.map((fill) => ({
    price: style.price(fill.price),
    qty: style.quantity(fill.quantity),
    commission: feeText(host, fill),
    commissionAsset: fill.feeAsset,
    tradeId: fill.tradeId,
  }));
  const fields = { ...spotOrderFields(host, order), ...times, workingTime: order.createdMs };
  return kind === 'RESULT' ? fields : { ...fields, fills };
}

export function createSpotOrder(call: BinanceCall): unknown {
  const { request } = readSpotOrder(call);
  return matched(call, (at) => {
    const placed = placeOrder(at.host.venue, taken(at, request));
    if ('refused' in placed) throw spotRefusal(placed.refused);
    return placedOrder(at, placed.order);
  });
}

function testOrder(call: BinanceCall): unknown {
  const refused = checkOrder(call.host.venue, readSpotOrder(call).request);
  if (refused !== undefined) throw spotRefusal(refused);
  return {};
}

/** orderId or origClientOrderId of a request. */
export function orderNameOf(
  call: BinanceCall,
  names: readonly [id: string, clientId: string] = ['orderId', 'origClientOrderId'],
): OrderName {
  const [idName, clientName] = names;
  const clientId = clientIdNamed(call, clientName);
  if (call.get(idName) !== undefined)
    return { id: wholeNumber(call, idName, { fallback: 0, most: Number.MAX_SAFE_INTEGER }) };
  if (clientId !== undefined) return { clientId };
  throw new BinanceError(-1102, `Param '${clientName}' or '${idName}' must be sent, but both were empty/null!`);
}

export function queriedOrderOf(call: BinanceCall): VenueOrder {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  const { simulation, venue } = call.host;
  const order = visibleOrder(simulation, venue, {
    account: call.account.id,
    market: market.id,
    name: orderNameOf(call),
  });
  if (order === undefined) throw new BinanceError(-2013, 'Order does not exist.');
  return order;
}

const unknownOrder = new BinanceError(-2011, 'Unknown order sent.');

/** Why an order that is known may not be canceled: the client wanted so only in another state of it. */
function cancelRefusal(call: BinanceCall, { filled }: VenueOrder): BinanceError | undefined {
  const only = oneOf(call, 'cancelRestrictions', {
    values: ['ONLY_NEW', 'ONLY_PARTIALLY_FILLED'],
    otherwise: new BinanceError(
      -1145,
      'Invalid cancelRestrictions. cancelRestrictions has to be either ONLY_NEW or ONLY_PARTIALLY_FILLED.',
    ),
  });
  if (only === undefined || (only === 'ONLY_NEW') === (filled === 0n)) return undefined;
  return new BinanceError(-2011, 'Order was not canceled due to cancel restrictions.');
}

export function cancelNamed(call: BinanceCall): VenueOrder {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  const name = orderNameOf(call);
  const order = namedOrder(call.host.venue, { account: call.account.id, market: market.id, name });
  const refusal = order === undefined ? unknownOrder : cancelRefusal(call, order);
  if (refusal !== undefined) throw refusal;
  if (order === undefined || !cancelOrder(call.host.venue, order)) throw unknownOrder;
  return order;
}

const canceledOrder = (call: BinanceCall, order: VenueOrder, idName = 'newClientOrderId') => ({
  ...spotOrderFields(call.host, order),
  origClientOrderId: order.clientId,
  clientOrderId: clientIdNamed(call, idName) ?? ownClientId(call),
  transactTime: order.updatedMs,
});

function cancelAll(call: BinanceCall): unknown {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  const open = [...accountOf(call.host.venue, call.account.id).open.values()].filter(
    (order) => order.market === market.id,
  );
  if (open.length === 0) throw new BinanceError(-2011, 'Unknown order sent.');
  return open.map((order) => {
    cancelOrder(call.host.venue, order);
    return canceledOrder(call, order);
  });
}

/** STOP_ON_FAILURE: no new order where the cancel failed; ALLOW_FAILURE: both are tried. */
function cancelReplace(call: BinanceCall): unknown {
  needed(call, 'cancelReplaceMode');
  const mode = oneOf(call, 'cancelReplaceMode', { values: ['STOP_ON_FAILURE', 'ALLOW_FAILURE'] });
  const { request } = readSpotOrder(call);
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  const name = orderNameOf(call, ['cancelOrderId', 'cancelOrigClientOrderId']);
  return matched(call, (at) => replace(at, { mode, name, market: market.id, request: taken(at, request) }));
}

type Replacement = Readonly<{ mode: string | undefined; name: OrderName; market: string; request: OrderRequest }>;

function replace(call: BinanceCall, { mode, name, market, request }: Replacement): unknown {
  const old = namedOrder(call.host.venue, { account: call.account.id, market, name });
  const restricted = old === undefined ? undefined : cancelRefusal(call, old);
  const canceled = old !== undefined && restricted === undefined && cancelOrder(call.host.venue, old);
  const cancelResponse = canceled
    ? canceledOrder(call, old, 'cancelNewClientOrderId')
    : errorBody(restricted ?? unknownOrder);
  const cancelResult = canceled ? 'SUCCESS' : 'FAILURE';
  if (!canceled && mode === 'STOP_ON_FAILURE') {
    const data = { cancelResult, newOrderResult: 'NOT_ATTEMPTED', cancelResponse, newOrderResponse: null };
    return failedReplace(call, { code: -2022, message: 'Order cancel-replace failed.', data });
  }
  const placed = placeOrder(call.host.venue, request);
  const refused = 'refused' in placed;
  const newOrderResponse = refused ? errorBody(spotRefusal(placed.refused)) : placedOrder(call, placed.order);
  const data = { cancelResult, newOrderResult: refused ? 'FAILURE' : 'SUCCESS', cancelResponse, newOrderResponse };
  if (!canceled && refused) return failedReplace(call, { code: -2022, message: 'Order cancel-replace failed.', data });
  if (!canceled || refused)
    return failedReplace(call, { code: -2021, message: 'Order cancel-replace partially failed.', data });
  return data;
}

function failedReplace(
  call: BinanceCall,
  { code, message, data }: Readonly<{ code: number; message: string; data: unknown }>,
): unknown {
  call.headers[statusHeader] = code === -2021 ? '409' : '400';
  return { code, msg: message, data };
}

/** The gateway takes this header off and uses it as the status. */
export const statusHeader = 'x-simulated-status';

function openOrders(call: BinanceCall): unknown {
  const symbol = call.get('symbol');
  const market = symbol === undefined ? {} : { market: marketNamed(call.host, symbol).market.id };
  const { simulation, venue } = call.host;
  const orders = visibleOrders(simulation, venue, { account: call.account.id, open: true, ...market });
  return orders.map((order) => queriedOrder(call.host, order));
}

/** Hours that a query of past orders or fills may span. */
const spanHours = { binanceSpot: 24, binanceUsdm: 7 * 24 } as const;

/** Start and end of a query of the past; both given, they may not lie further apart than the venue looks. */
function spanOf(call: BinanceCall): { fromMs: number; toMs: number } {
  const most = Number.MAX_SAFE_INTEGER;
  const fromMs = wholeNumber(call, 'startTime', { fallback: 0, most });
  const toMs = wholeNumber(call, 'endTime', { fallback: most, most });
  const hours = spanHours[call.host.name];
  if (fromMs > 0 && toMs < most && toMs - fromMs > hours * 3_600_000)
    throw new BinanceError(-1127, `More than ${hours} hours between startTime and endTime.`);
  return { fromMs, toMs };
}

/** Orders of a symbol from an id or within times, oldest first. */
export function pastOrders(call: BinanceCall): VenueOrder[] {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  const { simulation, venue } = call.host;
  const most = Number.MAX_SAFE_INTEGER;
  const limit = wholeNumber(call, 'limit', { fallback: 500, most: 1000 });
  const firstId = wholeNumber(call, 'orderId', { fallback: 0, most });
  const { fromMs, toMs } = spanOf(call);
  const orders = visibleOrders(simulation, venue, { account: call.account.id, market: market.id }).filter(
    ({ id, createdMs }) => id >= firstId && createdMs >= fromMs && createdMs <= toMs,
  );
  return firstId > 0 || fromMs > 0 ? orders.slice(0, limit) : orders.slice(-limit);
}

/** Fills of a symbol as queries see them. */
export function pastFills(call: BinanceCall): Fill[] {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  const { simulation, venue } = call.host;
  const most = Number.MAX_SAFE_INTEGER;
  const limit = wholeNumber(call, 'limit', { fallback: 500, most: 1000 });
  const fromId = wholeNumber(call, 'fromId', { fallback: 0, most });
  const { fromMs, toMs } = spanOf(call);
  const orderId = call.get('orderId');
  const account = accountOf(venue, call.account.id);
  const fills = account.fills.filter((fill) => {
    if (fill.market !== market.id || fill.tradeId < fromId || fill.timeMs < fromMs || fill.timeMs > toMs) return false;
    if (orderId !== undefined && String(fill.orderId) !== orderId) return false;
    const order = account.orders.get(fill.orderId);
    return isOld(simulation, venue, fill.timeMs) && (order === undefined || isVisible(simulation, venue, order));
  });
  return fromId > 0 || fromMs > 0 ? fills.slice(0, limit) : fills.slice(-limit);
}

function myTrades(call: BinanceCall): unknown {
  return pastFills(call).map((fill) => {
    const style = styleOf(call.host, marketOf(call.host.venue, fill.market).market);
    return {
      symbol: fill.market,
      id: fill.tradeId,
      orderId: fill.orderId,
      orderListId: -1,
      price: style.price(fill.price),
      qty: style.quantity(fill.quantity),
      quoteQty: style.notional(fill.notional),
      commission: feeText(call.host, fill),
      commissionAsset: fill.feeAsset,
      time: fill.timeMs,
      isBuyer: fill.side === 'buy',
      isMaker: fill.maker,
      isBestMatch: true,
    };
  });
}

const signed = { security: 'signed' } as const;
const trading = { ...signed, trades: true } as const;

export const spotOrderRoutes: Readonly<Record<string, BinanceRoute>> = {
  'POST order': { ...trading, weight: 1, parameters: parametersOf.spotOrder, answer: createSpotOrder },
  'POST order/test': { ...trading, weight: 1, parameters: parametersOf.spotTest, answer: testOrder },
  'GET order': {
    ...signed,
    weight: 4,
    parameters: parametersOf.query,
    answer: (call) => queriedOrder(call.host, queriedOrderOf(call)),
  },
  'DELETE order': {
    ...trading,
    weight: 1,
    parameters: parametersOf.spotCancel,
    answer: (call) => matched(call, (at) => canceledOrder(at, cancelNamed(at))),
  },
  'POST order/cancelReplace': { ...trading, weight: 1, parameters: parametersOf.spotReplace, answer: cancelReplace },
  'GET openOrders': {
    ...signed,
    weight: (get) => (get('symbol') === undefined ? 80 : 6),
    parameters: parametersOf.symbol,
    answer: openOrders,
  },
  'DELETE openOrders': {
    ...trading,
    weight: 1,
    parameters: parametersOf.symbol,
    answer: (call) => matched(call, cancelAll),
  },
  'GET allOrders': {
    ...signed,
    weight: 20,
    parameters: parametersOf.spotOrders,
    answer: (call) => pastOrders(call).map((order) => queriedOrder(call.host, order)),
  },
  'GET myTrades': { ...signed, weight: 20, parameters: parametersOf.spotTrades, answer: myTrades },
};
