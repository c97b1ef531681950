import { parseDecimal } from '../../../../core/venue/decimal.ts';
import { notionalDecimals } from '../../../../core/venue/market.ts';
import type { OrderNote, OrderRequest, OrderStop, Side, TimeInForce } from '../../../../core/venue/order.ts';
import type { Refusal } from '../../../../core/venue/orders.ts';
import type { SimulatedMarket } from '../markets.ts';
import { BinanceError, missing } from './errors.ts';
import { marketNamed, needed, type BinanceCall } from './host.ts';
import { oneOf, refuseSpotFeatures, refuseUnneeded } from './parameters.ts';
import { checkPercentPrice } from './percent-price.ts';
import { readTiming } from './signature.ts';

const idPattern = /^[.A-Z:/a-z0-9_-]{1,36}$/;

/** A client order id of Binance's form, or -1100. */
export function clientIdNamed(call: BinanceCall, name: string): string | undefined {
  const id = call.get(name);
  if (id === undefined || id === '') return undefined;
  if (!idPattern.test(id)) {
    throw new BinanceError(
      -1100,
      `Illegal characters found in parameter '${name}'; legal range is '^[a-zA-Z0-9-_]{1,36}$'.`,
    );
  }
  return id;
}

export function readSide(call: BinanceCall): Side {
  const side = needed(call, 'side');
  if (side !== 'BUY' && side !== 'SELL') throw new BinanceError(-1117, 'Invalid side.');
  return side === 'BUY' ? 'buy' : 'sell';
}

/** A positive decimal at the market's fineness; what is finer is the filter's or the precision's matter. */
export function readDecimal(
  call: BinanceCall,
  name: string,
  { decimals, most, tooFine }: Readonly<{ decimals: number; most: number; tooFine: BinanceError }>,
): bigint | undefined {
  const text = call.get(name);
  if (text === undefined || text === '') return undefined;
  // No sign, no exponent: the pattern is the venue's own.
  if (!/^\d{1,20}(\.\d{1,20})?$/.test(text)) {
    throw new BinanceError(
      -1100,
      `Illegal characters found in parameter '${name}'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.`,
    );
  }
  const value = parseDecimal(text, decimals);
  if (typeof value === 'bigint') return value;
  if (typeof parseDecimal(text, most) !== 'bigint')
    throw new BinanceError(-1111, `Parameter '${name}' has too much precision.`);
  throw tooFine;
}

const filter = (name: string) => new BinanceError(-1013, `Filter failure: ${name}`);

type SpotType = Readonly<{ type: 'limit' | 'market'; post?: boolean; stop?: 'loss' | 'profit' }>;

const spotTypes: Readonly<Record<string, SpotType>> = {
  LIMIT: { type: 'limit' },
  MARKET: { type: 'market' },
  LIMIT_MAKER: { type: 'limit', post: true },
  STOP_LOSS: { type: 'market', stop: 'loss' },
  STOP_LOSS_LIMIT: { type: 'limit', stop: 'loss' },
  TAKE_PROFIT: { type: 'market', stop: 'profit' },
  TAKE_PROFIT_LIMIT: { type: 'limit', stop: 'profit' },
};

export const spotTypeNames = Object.keys(spotTypes);

/** Reads a spot order as Binance checks it: mandatory parameters of the type, then precision. */
export function readSpotOrder(call: BinanceCall): Readonly<{ simulated: SimulatedMarket; request: OrderRequest }> {
  const simulated = marketNamed(call.host, needed(call, 'symbol'));
  const { market } = simulated;
  const side = readSide(call);
  const typeName = needed(call, 'type');
  const kind = spotTypes[typeName];
  if (kind === undefined) throw new BinanceError(-1116, 'Invalid orderType.');
  checkCombination(call, typeName, kind);
  const quantity = readDecimal(call, 'quantity', {
    decimals: market.quantityDecimals,
    most: 8,
    tooFine: filter('LOT_SIZE'),
  });
  const price = readDecimal(call, 'price', {
    decimals: market.priceDecimals,
    most: 8,
    tooFine: filter('PRICE_FILTER'),
  });
  const quoteOrderQty = readDecimal(call, 'quoteOrderQty', {
    decimals: notionalDecimals(market),
    most: 8,
    tooFine: filter('NOTIONAL'),
  });
  const stopPrice = readDecimal(call, 'stopPrice', {
    decimals: market.priceDecimals,
    most: 8,
    tooFine: filter('PRICE_FILTER'),
  });
  const needsTime = kind.type === 'limit' && kind.post !== true;
  const timeInForce = needsTime ? readTimeInForce(needed(call, 'timeInForce')) : undefined;
  if (kind.type === 'limit' && price === undefined) throw missing('price');
  if (price !== undefined) checkPercentPrice(call.host, market, price);
  if (quantity === undefined && (typeName !== 'MARKET' || quoteOrderQty === undefined)) throw missing('quantity');
  if (kind.stop !== undefined && stopPrice === undefined) throw missing('stopPrice');
  const stop = kind.stop === undefined ? undefined : stopOf(side, kind.stop, stopPrice ?? 0n);
  const clientId = clientIdNamed(call, 'newClientOrderId') ?? ownClientId(call);
  return {
    simulated,
    request: {
      account: call.account.id,
      market: market.id,
      side,
      type: kind.type,
      clientId,
      note: { type: typeName, ...timesOf(call) },
      ...(kind.type === 'limit' && price !== undefined && { price }),
      ...(quantity === undefined ? { quoteQuantity: quoteOrderQty ?? 0n } : { quantity }),
      ...(timeInForce !== undefined && { timeInForce }),
      ...(kind.post === true && { postOnly: true }),
      ...(stop !== undefined && { stop }),
    },
  };
}

/** Refuses what a type does not take, what may not stand together, and what no symbol here has. */
function checkCombination(call: BinanceCall, typeName: string, { type, post, stop }: SpotType): void {
  refuseUnneeded(call, [
    ...(type === 'market' ? ['price'] : []),
    ...(type === 'market' || post === true ? ['timeInForce'] : []),
    ...(stop === undefined ? ['stopPrice', 'trailingDelta'] : []),
    ...(typeName === 'MARKET' ? [] : ['quoteOrderQty']),
  ]);
  if (call.get('quantity') && call.get('quoteOrderQty'))
    throw new BinanceError(-1128, 'Combination of optional parameters invalid.');
  oneOf(call, 'newOrderRespType', {
    values: ['ACK', 'RESULT', 'FULL'],
    otherwise: new BinanceError(-1136, 'Invalid newOrderRespType.'),
  });
  refuseSpotFeatures(call);
}

/** What /truth tells of an order's times: the signed timestamp, the end of its window, and when it came. Wire clock. */
export function timesOf({ get, wireMs }: BinanceCall): OrderNote {
  const { timestamp, recvWindow } = readTiming(get);
  return { signedMs: timestamp, deadlineMs: timestamp + recvWindow, acceptedMs: wireMs };
}

export const stopOf = (side: Side, kind: 'loss' | 'profit', price: bigint): OrderStop => ({
  price,
  rises: (side === 'buy') === (kind === 'loss'),
});

export function readTimeInForce(text: string): TimeInForce {
  if (text === 'GTC' || text === 'IOC' || text === 'FOK') return text;
  throw new BinanceError(-1115, 'Invalid timeInForce.');
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The id that the venue makes up where the client gave none. */
export const ownClientId = ({ host }: BinanceCall): string =>
  Array.from({ length: 22 }, () => letters[host.simulation.streams.ids.nextBelow(letters.length)]).join('');

/** Spot's words for what the engine refused. */
const spotRefusals: Readonly<Record<Refusal, BinanceError>> = {
  priceRange: filter('PRICE_FILTER'),
  priceTick: filter('PRICE_FILTER'),
  quantityRange: filter('LOT_SIZE'),
  quantityLot: filter('LOT_SIZE'),
  marketQuantityRange: filter('MARKET_LOT_SIZE'),
  notional: filter('NOTIONAL'),
  quantityMissing: missing('quantity'),
  priceMissing: missing('price'),
  duplicateClientId: new BinanceError(-2010, 'Duplicate order sent.'),
  insufficientFunds: new BinanceError(-2010, 'Account has insufficient balance for requested action.'),
  wouldMatch: new BinanceError(-2010, 'Order would immediately match and take.'),
  wouldTrigger: new BinanceError(-2010, 'Stop price would trigger immediately.'),
  reduceOnly: new BinanceError(-2010, 'Market is closed.'),
  noLiquidity: new BinanceError(-2010, 'Market is closed.'),
};

export const spotRefusal = (refused: Refusal): BinanceError => spotRefusals[refused];
