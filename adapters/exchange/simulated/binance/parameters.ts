import { BinanceError } from './errors.ts';
import type { BinanceCall } from './host.ts';

/** Parameters that every signed route takes beside its own; the last two are the WebSocket API's. */
const ofEverySigned: ReadonlySet<string> = new Set([
  'timestamp',
  'recvWindow',
  'signature',
  'apiKey',
  'returnRateLimits',
]);

const orderNames = ['symbol', 'orderId', 'origClientOrderId'] as const;

const spotOrder = [
  'symbol',
  'side',
  'type',
  'timeInForce',
  'quantity',
  'quoteOrderQty',
  'price',
  'newClientOrderId',
  'strategyId',
  'strategyType',
  'stopPrice',
  'trailingDelta',
  'icebergQty',
  'newOrderRespType',
  'selfTradePreventionMode',
  'pegPriceType',
  'pegOffsetValue',
  'pegOffsetType',
] as const;

const usdmOrder = [
  'symbol',
  'side',
  'positionSide',
  'type',
  'timeInForce',
  'quantity',
  'price',
  'reduceOnly',
  'newOrderRespType',
  'priceMatch',
  'selfTradePreventionMode',
  'goodTillDate',
  'workingType',
  'priceProtect',
  'closePosition',
  'callbackRate',
] as const;

/** What the trading routes of Binance's documentation know; anything else is refused with -1104. */
export const parametersOf = {
  spotOrder,
  spotTest: [...spotOrder, 'computeCommissionRates'],
  spotCancel: [...orderNames, 'newClientOrderId', 'cancelRestrictions'],
  spotReplace: [
    ...spotOrder,
    'cancelReplaceMode',
    'cancelNewClientOrderId',
    'cancelOrigClientOrderId',
    'cancelOrderId',
    'cancelRestrictions',
    'orderRateLimitExceededMode',
  ],
  query: orderNames,
  symbol: ['symbol'],
  spotOrders: ['symbol', 'orderId', 'startTime', 'endTime', 'limit'],
  spotTrades: ['symbol', 'orderId', 'startTime', 'endTime', 'fromId', 'limit'],
  usdmOrder: [...usdmOrder, 'newClientOrderId', 'stopPrice', 'activationPrice'],
  usdmAmend: [...orderNames, 'side', 'quantity', 'price', 'priceMatch'],
  usdmAlgo: [...usdmOrder, 'algoType', 'triggerPrice', 'activatePrice', 'activationPrice', 'clientAlgoId'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Refuses names that were sent twice, and those that a route with a list does not know. */
export function checkNames(sent: readonly string[], known: readonly string[] | undefined): void {
  if (new Set(sent).size < sent.length) throw new BinanceError(-1101, 'Duplicate values for a parameter detected.');
  if (known === undefined) return;
  const read = sent.filter((name) => known.includes(name) || ofEverySigned.has(name)).length;
  if (read === sent.length) return;
  throw new BinanceError(
    -1104,
    `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${sent.length}'.`,
  );
}

const isSent = (value: string | undefined) => value !== undefined && value !== '';

/** Refuses parameters that an order's type does not take. */
export function refuseUnneeded({ get }: Pick<BinanceCall, 'get'>, names: readonly string[]): void {
  const unneeded = names.find((name) => isSent(get(name)));
  if (unneeded !== undefined) throw new BinanceError(-1106, `Parameter '${unneeded}' sent when not required.`);
}

const newOrder = (message: string) => new BinanceError(-2010, message);

const spotFeatures: readonly Readonly<{ name: string; neutral: readonly string[]; refusal: BinanceError }>[] = [
  {
    name: 'icebergQty',
    neutral: ['0'],
    refusal: newOrder('Iceberg orders are not supported for this symbol.'),
  },
  {
    name: 'trailingDelta',
    neutral: [],
    refusal: newOrder('Trailing stop orders are not supported for this symbol.'),
  },
  { name: 'pegPriceType', neutral: [], refusal: newOrder('Pegged orders are not supported for this symbol.') },
  {
    name: 'selfTradePreventionMode',
    neutral: ['EXPIRE_MAKER'],
    refusal: new BinanceError(-1013, 'This symbol does not allow the specified self-trade prevention mode.'),
  },
];

/** Refuses what a spot symbol of the simulator has not, in the words of a symbol that has it not. */
export function refuseSpotFeatures({ get }: Pick<BinanceCall, 'get'>): void {
  for (const { name, neutral, refusal } of spotFeatures) {
    const value = get(name);
    if (value !== undefined && value !== '' && !neutral.includes(value)) throw refusal;
  }
}

/** USD-M's: what each means where it changes nothing. */
const usdmNeutral: Readonly<Record<string, readonly string[]>> = {
  workingType: ['CONTRACT_PRICE'],
  priceProtect: ['false'],
  priceMatch: ['none'],
  selfTradePreventionMode: ['EXPIRE_MAKER'],
  goodTillDate: ['0'],
  callbackRate: [],
};

/** Refuses what USD-M has and the simulator has not: -1020, as for any operation that a venue does not support. */
export function refuseUsdmFeatures({ get }: Pick<BinanceCall, 'get'>): void {
  for (const [name, neutral] of Object.entries(usdmNeutral)) {
    const value = get(name);
    if (!isSent(value) || neutral.some((word) => word.toLowerCase() === value?.toLowerCase())) continue;
    throw new BinanceError(-1020, `This operation is not supported. (${name} is not simulated)`);
  }
  if (get('timeInForce') === 'GTD')
    throw new BinanceError(-1020, 'This operation is not supported. (GTD is not simulated)');
}

/** One of a parameter's values, or the venue's words for another. */
export function oneOf<Value extends string>(
  { get }: Pick<BinanceCall, 'get'>,
  name: string,
  { values, otherwise }: Readonly<{ values: readonly Value[]; otherwise?: BinanceError }>,
): Value | undefined {
  const given = get(name);
  if (given === undefined || given === '') return undefined;
  const known = values.find((value) => value === given);
  if (known !== undefined) return known;
  throw otherwise ?? new BinanceError(-1130, `Data sent for parameter '${name}' is not valid.`);
}
