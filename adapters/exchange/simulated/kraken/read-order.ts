import { parseDecimal } from '../../../../core/venue/decimal.ts';
import { notionalDecimals } from '../../../../core/venue/market.ts';
import type { OrderRequest } from '../../../../core/venue/order.ts';
import type { Refusal } from '../../../../core/venue/orders.ts';
import type { SimulatedMarket } from '../markets.ts';
import { invalidArgument, KrakenError } from './errors.ts';
import type { KrakenHost, Parameters } from './host.ts';
import { pairNamed } from './names.ts';
import { checkMode } from './public.ts';

/** UUID, 32 hex digits, or a text of at most 18. */
const clientIdPattern = /^([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}|[ -~]{1,18})$/i;

type Kind = Readonly<{ type: 'limit' | 'market'; stop?: 'loss' | 'profit' }>;

const kinds: Readonly<Record<string, Kind>> = {
  limit: { type: 'limit' },
  market: { type: 'market' },
  'stop-loss': { type: 'market', stop: 'loss' },
  'stop-loss-limit': { type: 'limit', stop: 'loss' },
  'take-profit': { type: 'market', stop: 'profit' },
  'take-profit-limit': { type: 'limit', stop: 'profit' },
};

/** What Kraken has and the simulator has not, with the values that change nothing: anything else is refused. */
const neutral: Readonly<Record<string, readonly string[]>> = {
  leverage: ['none', 'false', '0'],
  reduce_only: ['false', '0'],
  starttm: ['0'],
  expiretm: ['0'],
  displayvol: [],
  trigger: ['last'],
  // Of two orders of one account the resting one goes: the simulator knows no other way.
  stptype: ['cancel-oldest', 'cancel_oldest'],
  close: [],
  'close[ordertype]': [],
  'close[price]': [],
  'close[price2]': [],
  'triggers.price_type': ['static'],
};

const knownFlags: readonly string[] = ['', 'post', 'fciq', 'viqc', 'nompp'];

function refuseUnsimulated({ get }: Parameters, flags: readonly string[]): void {
  for (const [name, values] of Object.entries(neutral)) {
    const value = get(name);
    if (value !== undefined && value !== '' && !values.includes(value)) throw invalidArgument(name);
  }
  if (!flags.every((flag) => knownFlags.includes(flag))) throw invalidArgument('oflags');
}

export type ReadOrder = Readonly<{ simulated: SimulatedMarket; request: OrderRequest; validate: boolean }>;

type Reading = Readonly<{ host: KrakenHost; account: string; wireMs: number; protocol: Protocol }>;

/** Reads an order in the names of REST; the WebSocket's are translated to them before. */
export function readKrakenOrder(parameters: Parameters, { host, account, wireMs, protocol }: Reading): ReadOrder {
  const { get } = parameters;
  const pair = get('pair');
  const side = get('type');
  const kindName = get('ordertype') ?? '';
  if (pair === undefined) throw invalidArgument('pair');
  if (side !== 'buy' && side !== 'sell') throw invalidArgument('type');
  const kind = Object.hasOwn(kinds, kindName) ? kinds[kindName] : undefined;
  if (kind === undefined) throw invalidArgument('ordertype');
  const simulated = pairNamed(host, pair);
  const { market } = simulated;
  const flags = (get('oflags') ?? '').split(',').map((flag) => flag.trim());
  refuseUnsimulated(parameters, flags);
  const amount = (name: string, decimals: number) => decimalOf(get(name), name, decimals);
  const stopPrice = kind.stop === undefined ? undefined : amount('price', market.priceDecimals);
  const price =
    kind.type === 'market' ? undefined : amount(kind.stop === undefined ? 'price' : 'price2', market.priceDecimals);
  const inQuote = flags.includes('viqc');
  const volume = amount('volume', inQuote ? notionalDecimals(market) : market.quantityDecimals);
  if (volume === undefined) throw invalidArgument('volume');
  if (kind.type === 'limit' && price === undefined) throw invalidArgument('price');
  if (kind.stop !== undefined && stopPrice === undefined) throw invalidArgument('price');
  checkMode(host, { post: flags.includes('post') });
  checkDeadline(get('deadline'), wireMs, protocol);
  const { clientId, userref } = idsOf(get);
  const timeInForce = timeInForceOf(get('timeinforce'));
  return {
    simulated,
    validate: get('validate') === 'true' || get('validate') === '1',
    request: {
      account,
      market: market.id,
      side,
      type: kind.type,
      note: {
        type: kindName,
        flags: [...flags.filter((flag) => flag !== '' && flag !== 'fciq'), 'fciq'].join(','),
        ...(userref !== undefined && { userref }),
        ...(Boolean(get('deadline')) && { deadlineMs: Date.parse(get('deadline') ?? '') }),
        acceptedMs: wireMs,
      },
      ...(price !== undefined && { price }),
      ...(inQuote ? { quoteQuantity: volume } : { quantity: volume }),
      ...(timeInForce !== undefined && { timeInForce }),
      ...(flags.includes('post') && { postOnly: true }),
      ...(clientId !== undefined && { clientId }),
      ...(kind.stop !== undefined && {
        stop: { price: stopPrice ?? 0n, rises: (side === 'buy') === (kind.stop === 'loss') },
      }),
    },
  };
}

function idsOf(get: Parameters['get']): { clientId: string | undefined; userref: number | undefined } {
  const clientId = get('cl_ord_id') || undefined;
  const userref = get('userref') || undefined;
  if (clientId !== undefined && userref !== undefined) throw invalidArgument('cl_ord_id and userref');
  if (clientId !== undefined && !clientIdPattern.test(clientId)) throw invalidArgument('cl_ord_id');
  if (userref !== undefined && !/^-?\d{1,10}$/.test(userref)) throw invalidArgument('userref');
  return { clientId, userref: userref === undefined ? undefined : Number(userref) };
}

function timeInForceOf(text: string | undefined): 'GTC' | 'IOC' | 'FOK' | undefined {
  if (text === undefined || text === '') return undefined;
  const upper = text.toUpperCase();
  if (upper === 'GTC' || upper === 'IOC' || upper === 'FOK') return upper;
  throw invalidArgument('timeinforce');
}

export function decimalOf(text: string | undefined, name: string, decimals: number): bigint | undefined {
  if (text === undefined || text === '') return undefined;
  // A sign, # or % makes a price relative to another, which is not simulated.
  const value = /^[\d.]/.test(text) ? parseDecimal(text, decimals) : 'malformed';
  if (value === 'tooPrecise') {
    throw name.startsWith('price')
      ? new KrakenError(`EOrder:Invalid price:pair price can only be specified up to ${decimals} decimals.`)
      : invalidArgument(name);
  }
  if (value === 'malformed' || value <= 0n) throw invalidArgument(name);
  return value;
}

/** How near a deadline may lie when its order comes, by protocol. */
const leastDeadlineMs = { rest: 2_000, socket: 500 } as const;

export type Protocol = keyof typeof leastDeadlineMs;

/** A deadline as the gateway takes it: from 2 s (0.5 s on sockets) to a minute ahead. One that is over is said so. */
export function checkDeadline(text: string | undefined, wireMs: number, protocol: Protocol): void {
  checkNotElapsed(text, wireMs);
  if (text === undefined || text === '') return;
  const aheadMs = Date.parse(text) - wireMs;
  if (Number.isNaN(aheadMs) || aheadMs > 60_000 || aheadMs < leastDeadlineMs[protocol])
    throw invalidArgument('deadline');
}

/** The engine refuses what reaches it after its deadline. */
export function checkNotElapsed(text: string | undefined, wireMs: number): void {
  if (text !== undefined && Date.parse(text) < wireMs) throw new KrakenError('EService:Deadline elapsed');
}

const refusals: Readonly<Record<Refusal, string>> = {
  priceRange: 'EOrder:Invalid price',
  priceTick: 'EOrder:Tick size check failed',
  quantityRange: 'EOrder:Order minimum not met',
  quantityLot: 'EGeneral:Invalid arguments:volume',
  marketQuantityRange: 'EGeneral:Invalid arguments:volume',
  notional: 'EOrder:Cost minimum not met',
  quantityMissing: 'EGeneral:Invalid arguments:volume',
  priceMissing: 'EGeneral:Invalid arguments:price',
  duplicateClientId: 'EOrder:Duplicate cl_ord_id',
  insufficientFunds: 'EOrder:Insufficient funds',
  wouldMatch: 'EOrder:Post only order',
  wouldTrigger: 'EOrder:Invalid price',
  reduceOnly: 'EOrder:Reduce only:No position exists',
  noLiquidity: 'EOrder:Market in limit_only mode',
};

export const krakenRefusal = (refused: Refusal): KrakenError => new KrakenError(refusals[refused]);

/** Refusals that a batch's validation finds before any order of it is placed. */
export const foundByValidation: ReadonlySet<Refusal> = new Set<Refusal>([
  'priceRange',
  'priceTick',
  'quantityRange',
  'quantityLot',
  'marketQuantityRange',
  'notional',
  'quantityMissing',
  'priceMissing',
]);
