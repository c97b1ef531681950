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

export type ReadOrder = Readonly<{ simulated: SimulatedMarket; request: OrderRequest; validate: boolean }>;

type Reading = Readonly<{ host: KrakenHost; account: string; wireMs: number }>;

/** Reads an order in the names of REST; the WebSocket's are translated to them before. */
export function readKrakenOrder({ get }: Parameters, { host, account, wireMs }: Reading): ReadOrder {
  const pair = get('pair');
  const side = get('type');
  const kindName = get('ordertype') ?? '';
  if (pair === undefined) throw invalidArgument('pair');
  if (side !== 'buy' && side !== 'sell') throw invalidArgument('type');
  const kind = Object.hasOwn(kinds, kindName) ? kinds[kindName] : undefined;
  if (kind === undefined) throw invalidArgument('ordertype');
  const simulated = pairNamed(host, pair);
  const { market } = simulated;
  const flags = (get('oflags') ?? '').split(',');
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
  checkDeadline(get('deadline'), wireMs);
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
        ...(get('deadline') !== undefined && { deadline: get('deadline') ?? '' }),
        timestamp: wireMs,
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
  const value = parseDecimal(text, decimals);
  if (value === 'tooPrecise') {
    throw name.startsWith('price')
      ? new KrakenError(`EOrder:Invalid price:pair price can only be specified up to ${decimals} decimals.`)
      : invalidArgument(name);
  }
  if (value === 'malformed' || value <= 0n) throw invalidArgument(name);
  return value;
}

/** The engine refuses what reaches it after its deadline; a deadline lies at most a minute ahead. */
export function checkDeadline(text: string | undefined, wireMs: number): void {
  if (text === undefined || text === '') return;
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs) || atMs - wireMs > 60_000) throw invalidArgument('deadline');
  if (atMs < wireMs) throw new KrakenError('EService:Deadline elapsed');
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
