import { notionalDecimals } from '../../../../core/venue/market.ts';
import { isOpen, type OrderRequest, type VenueOrder } from '../../../../core/venue/order.ts';
import { amendOrder, cancelOrder, checkOrder, placeOrder, type Refusal } from '../../../../core/venue/orders.ts';
import { accountOf, marketOf } from '../../../../core/venue/state.ts';
import { formatDecimal } from '../../../../core/venue/decimal.ts';
import { namedOrder, visibleOrders } from '../find-order.ts';
import { BinanceError, errorBody, missing } from './errors.ts';
import { marketNamed, needed, type BinanceCall, type BinanceHost, type BinanceRoute } from './host.ts';
import { countOrder, matched, taken } from './matched.ts';
import { parametersOf, refuseUnneeded, refuseUsdmFeatures } from './parameters.ts';
import { clientIdNamed, ownClientId, readDecimal, readSide, readTimeInForce, timesOf } from './read-order.ts';
import { cancelNamed, orderNameOf, pastFills, pastOrders, queriedOrderOf } from './spot-orders.ts';
import { sideText, statusText, styleOf, typeText } from './text.ts';

const precision = new BinanceError(-1111, 'Precision is over the maximum defined for this asset.');

const refusals: Readonly<Record<Refusal, BinanceError>> = {
  priceRange: new BinanceError(-4002, 'Price greater than max price.'),
  priceTick: new BinanceError(-4014, 'Price not increased by tick size.'),
  quantityRange: new BinanceError(-4003, 'Quantity less than or equal to zero.'),
  quantityLot: new BinanceError(-4023, 'Qty not increased by step size.'),
  marketQuantityRange: new BinanceError(-4005, 'Quantity greater than max quantity.'),
  notional: new BinanceError(-4164, "Order's notional must be no smaller than 100 (unless you choose reduce only)."),
  quantityMissing: missing('quantity'),
  priceMissing: missing('price'),
  duplicateClientId: new BinanceError(-4116, 'ClientOrderId is duplicated.'),
  insufficientFunds: new BinanceError(-2019, 'Margin is insufficient.'),
  wouldMatch: new BinanceError(
    -5022,
    'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history',
  ),
  wouldTrigger: new BinanceError(-2021, 'Order would immediately trigger.'),
  reduceOnly: new BinanceError(-2022, 'ReduceOnly Order is rejected.'),
  noLiquidity: new BinanceError(-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit."),
};

export const usdmRefusal = (refused: Refusal): BinanceError => refusals[refused];

/** The RESULT form that every USD-M order answer has. */
export function usdmOrder(host: BinanceHost, order: VenueOrder) {
  const style = styleOf(host, marketOf(host.venue, order.market).market);
  const gtx = order.postOnly ? 'GTX' : order.timeInForce;
  return {
    orderId: order.id,
    symbol: order.market,
    status: statusText(order),
    clientOrderId: order.clientId,
    price: style.price(order.price),
    avgPrice: style.average(order.cost, order.filled),
    origQty: style.quantity(order.quantity),
    executedQty: style.quantity(order.filled),
    cumQty: style.quantity(order.filled),
    cumQuote: style.notional(order.cost),
    timeInForce: gtx,
    type: order.stop === undefined ? typeText(order) : order.type.toUpperCase(),
    reduceOnly: order.reduceOnly,
    closePosition: order.note.closePosition === true,
    side: sideText(order),
    positionSide: 'BOTH',
    stopPrice: style.price(order.stop?.price ?? 0n),
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    origType: typeText(order),
    priceMatch: 'NONE',
    selfTradePreventionMode: 'EXPIRE_MAKER',
    goodTillDate: 0,
    time: order.createdMs,
    updateTime: order.updatedMs,
  };
}

/** Parameters that a plain and an algo order share. */
export function readCommon(call: BinanceCall) {
  refuseUsdmFeatures(call);
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  const positionSide = call.get('positionSide');
  if (positionSide !== undefined && positionSide !== 'BOTH') {
    throw new BinanceError(-4061, "Order's position side does not match user's setting.");
  }
  const price = readDecimal(call, 'price', {
    decimals: market.priceDecimals,
    most: market.priceDecimals,
    tooFine: precision,
  });
  const quantity = readDecimal(call, 'quantity', {
    decimals: market.quantityDecimals,
    most: market.quantityDecimals,
    tooFine: precision,
  });
  const timeInForce = call.get('timeInForce');
  return {
    market,
    side: readSide(call),
    quantity,
    price,
    postOnly: timeInForce === 'GTX',
    timeInForce: timeInForce === undefined || timeInForce === 'GTX' ? undefined : readTimeInForce(timeInForce),
    reduceOnly: call.get('reduceOnly')?.toLowerCase() === 'true',
  };
}

function readOrder(call: BinanceCall): OrderRequest {
  const type = needed(call, 'type');
  const { market, side, quantity, price, postOnly, timeInForce, reduceOnly } = readCommon(call);
  if (/^(STOP|TAKE_PROFIT|TRAILING)/.test(type)) {
    throw new BinanceError(
      -4120,
      'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
    );
  }
  if (type !== 'LIMIT' && type !== 'MARKET') throw new BinanceError(-1116, 'Invalid orderType.');
  refuseUnneeded(call, [...(type === 'MARKET' ? ['price', 'timeInForce'] : []), 'stopPrice', 'activationPrice']);
  if (quantity === undefined) throw missing('quantity');
  if (type === 'LIMIT' && price === undefined) throw missing('price');
  if (type === 'LIMIT' && timeInForce === undefined && !postOnly) throw missing('timeInForce');
  return {
    account: call.account.id,
    market: market.id,
    side,
    type: type === 'LIMIT' ? 'limit' : 'market',
    quantity,
    clientId: clientIdNamed(call, 'newClientOrderId') ?? ownClientId(call),
    note: { type, ...timesOf(call) },
    postOnly,
    reduceOnly,
    ...(type === 'LIMIT' && price !== undefined && { price }),
    ...(timeInForce !== undefined && { timeInForce }),
  };
}

export function placeUsdm(call: BinanceCall, request: OrderRequest): VenueOrder {
  const placed = placeOrder(call.host.venue, taken(call, request));
  if ('refused' in placed) throw usdmRefusal(placed.refused);
  return placed.order;
}

function testOrder(call: BinanceCall): unknown {
  const refused = checkOrder(call.host.venue, readOrder(call));
  if (refused !== undefined) throw usdmRefusal(refused);
  return {};
}

/** A JSON list among the parameters. */
function listOf(call: BinanceCall, name: string, most: number): unknown[] {
  let list: unknown;
  try {
    list = JSON.parse(needed(call, name));
  } catch (error) {
    if (error instanceof SyntaxError) throw missing(name);
    throw error;
  }
  if (!Array.isArray(list) || list.length > most) throw new BinanceError(-4082, 'Invalid batch place order count.');
  return list;
}

/** The same call with other parameters, for the rows of a batch. */
function withParameters(call: BinanceCall, row: unknown): BinanceCall {
  const own: Readonly<Record<string, unknown>> = typeof row === 'object' && row !== null ? { ...row } : {};
  const get = (name: string) => {
    const value = own[name];
    if (value !== undefined) return typeof value === 'string' ? value : JSON.stringify(value);
    return name === 'timestamp' || name === 'recvWindow' ? call.get(name) : undefined;
  };
  return { ...call, get };
}

/** Each row by itself, by position: the order or {code, msg}. */
function eachRow(rows: readonly unknown[], act: (row: unknown) => unknown): unknown[] {
  return rows.map((row) => {
    try {
      return act(row);
    } catch (error) {
      if (error instanceof BinanceError) return errorBody(error);
      throw error;
    }
  });
}

function placeBatch(call: BinanceCall): unknown {
  const rows = listOf(call, 'batchOrders', 5);
  return matched(call, (at) =>
    eachRow(rows, (row) => {
      const one = withParameters(at, row);
      return usdmOrder(at.host, placeUsdm(one, readOrder(one)));
    }),
  );
}

function cancelBatch(call: BinanceCall): unknown {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  // Binance takes the names in lower case too, and ccxt sends one so.
  const idList = ['orderIdList', 'orderidlist'].find((name) => call.get(name) !== undefined);
  const clientIdList = ['origClientOrderIdList', 'origclientorderidlist'].find((name) => call.get(name) !== undefined);
  const byId = idList !== undefined;
  return eachRow(listOf(call, idList ?? clientIdList ?? 'orderIdList', 10), (row) => {
    const name = byId ? { id: Number(row) } : { clientId: String(row) };
    const order = namedOrder(call.host.venue, { account: call.account.id, market: market.id, name });
    if (order === undefined || !cancelOrder(call.host.venue, order))
      throw new BinanceError(-2011, 'Unknown order sent.');
    return usdmOrder(call.host, order);
  });
}

/** Open orders of the market; stops that wait are algo orders and not among them. */
const workingOrders = (host: BinanceHost, account: string, market?: string): VenueOrder[] =>
  [...accountOf(host.venue, account).open.values()].filter(
    (order) => order.active && (market === undefined || order.market === market),
  );

function cancelAll(call: BinanceCall): unknown {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  for (const order of workingOrders(call.host, call.account.id, market.id)) cancelOrder(call.host.venue, order);
  return { code: 200, msg: 'The operation of cancel all open order is done.' };
}

/** A stop that waits is an algo order: the plain endpoints do not know it until it wakes. */
function plain(order: VenueOrder, unknown: BinanceError): VenueOrder {
  if (order.stop !== undefined && !order.active) throw unknown;
  return order;
}

const queriedPlain = (call: BinanceCall) =>
  plain(queriedOrderOf(call), new BinanceError(-2013, 'Order does not exist.'));

function cancelPlain(call: BinanceCall): VenueOrder {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  const order = namedOrder(call.host.venue, { account: call.account.id, market: market.id, name: orderNameOf(call) });
  if (order !== undefined) plain(order, new BinanceError(-2011, 'Unknown order sent.'));
  return cancelNamed(call);
}

function modify(call: BinanceCall): unknown {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  const order = namedOrder(call.host.venue, { account: call.account.id, market: market.id, name: orderNameOf(call) });
  if (order === undefined || !isOpen(order)) throw new BinanceError(-2013, 'Order does not exist.');
  const { price, quantity } = readCommon(call);
  countOrder(call);
  const amended = amendOrder(call.host.venue, order, {
    ...(price !== undefined && { price }),
    ...(quantity !== undefined && { quantity }),
  });
  if ('refused' in amended) throw usdmRefusal(amended.refused);
  return usdmOrder(call.host, order);
}

function openOrders(call: BinanceCall): unknown {
  const symbol = call.get('symbol');
  const market = symbol === undefined ? {} : { market: marketNamed(call.host, symbol).market.id };
  return visibleOrders(call.host.simulation, call.host.venue, { account: call.account.id, open: true, ...market })
    .filter(({ active }) => active)
    .map((order) => usdmOrder(call.host, order));
}

function openOrder(call: BinanceCall): unknown {
  const order = queriedPlain(call);
  if (!isOpen(order)) throw new BinanceError(-2013, 'Order does not exist.');
  return usdmOrder(call.host, order);
}

function userTrades(call: BinanceCall): unknown {
  return pastFills(call).map((fill) => {
    const { market } = marketOf(call.host.venue, fill.market);
    const style = styleOf(call.host, market);
    return {
      symbol: fill.market,
      id: fill.tradeId,
      orderId: fill.orderId,
      side: sideText(fill),
      price: style.price(fill.price),
      qty: style.quantity(fill.quantity),
      realizedPnl: formatDecimal(fill.realized, 8),
      quoteQty: formatDecimal(fill.notional, notionalDecimals(market)),
      commission: formatDecimal(fill.fee, 8),
      commissionAsset: fill.feeAsset,
      time: fill.timeMs,
      positionSide: 'BOTH',
      buyer: fill.side === 'buy',
      maker: fill.maker,
    };
  });
}

const signed = { security: 'signed' } as const;
const trading = { ...signed, trades: true } as const;

export const usdmOrderRoutes: Readonly<Record<string, BinanceRoute>> = {
  'POST order': {
    ...trading,
    weight: 0,
    parameters: parametersOf.usdmOrder,
    answer: (call) => {
      const request = readOrder(call);
      return matched(call, (at) => usdmOrder(at.host, placeUsdm(at, request)));
    },
  },
  'POST order/test': { ...trading, weight: 0, parameters: parametersOf.usdmOrder, answer: testOrder },
  'PUT order': { ...trading, weight: 1, parameters: parametersOf.usdmAmend, answer: (call) => matched(call, modify) },
  'GET order': {
    ...signed,
    weight: 1,
    parameters: parametersOf.query,
    answer: (call) => usdmOrder(call.host, queriedPlain(call)),
  },
  'DELETE order': {
    ...trading,
    weight: 1,
    parameters: parametersOf.query,
    answer: (call) => matched(call, (at) => usdmOrder(at.host, cancelPlain(at))),
  },
  'POST batchOrders': { ...trading, weight: 5, answer: placeBatch },
  'DELETE batchOrders': { ...trading, weight: 1, answer: (call) => matched(call, cancelBatch) },
  'DELETE allOpenOrders': { ...trading, weight: 1, answer: (call) => matched(call, cancelAll) },
  'GET openOrders': { ...signed, weight: (get) => (get('symbol') === undefined ? 40 : 1), answer: openOrders },
  'GET openOrder': { ...signed, weight: 1, answer: openOrder },
  'GET allOrders': {
    ...signed,
    weight: 5,
    answer: (call) =>
      pastOrders(call)
        .filter(({ active }) => active)
        .map((order) => usdmOrder(call.host, order)),
  },
  'GET userTrades': { ...signed, weight: 5, answer: userTrades },
};
