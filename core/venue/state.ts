import { createBook, type Book } from './book.ts';
import type { VenueEvent } from './events.ts';
import { notionalDecimals, type VenueAsset, type VenueMarket } from './market.ts';
import type { Fill, VenueOrder } from './order.ts';

/** `total` of an asset, `locked` of it set aside for open orders; ledger integers. */
export type Balance = { total: bigint; locked: bigint };

/** One-way position: signed size in quantity units, signed sum of price x quantity that it cost. */
export type Position = { size: bigint; cost: bigint; updatedMs: number };

export type Account = {
  readonly id: string;
  /** The venue's own liquidity: never refused, never reported. */
  readonly house: boolean;
  readonly balances: Map<string, Balance>;
  readonly positions: Map<string, Position>;
  /** Leverage by market, 20 where nothing was set. */
  readonly leverage: Map<string, number>;
  readonly open: Map<number, VenueOrder>;
  readonly openByClientId: Map<string, VenueOrder>;
  /** The newest order of each client id, open or not. */
  readonly newestByClientId: Map<string, VenueOrder>;
  /** Orders in the order in which they were accepted, the newest `historyLimit` of them. */
  readonly orders: Map<number, VenueOrder>;
  readonly fills: Fill[];
};

export type MarketState = {
  readonly market: VenueMarket;
  readonly book: Book;
  /** Stop orders that wait for their price. */
  readonly stops: Set<VenueOrder>;
  /** Counts every change of a level. */
  updateId: number;
  nextTradeId: number;
  lastPrice: bigint;
  /** Price that values positions, in price units. */
  markPrice: bigint;
};

export type VenueSettings = Readonly<{
  markets: readonly VenueMarket[];
  assets: readonly VenueAsset[];
  /** When an order would trade with its own account: the resting one expires, or the new one ends. */
  selfTrade: 'expireMaker' | 'expireTaker';
  firstOrderId: number;
  firstTradeId: number;
  firstUpdateId: number;
  /** Cuts every match into this many fills. */
  fillChunks?: number;
}>;

/** Everything a venue is, in one object; functions beside this change it and tell `emit`. No clock: `nowMs` is set. */
export type VenueState = {
  readonly settings: VenueSettings;
  readonly markets: ReadonlyMap<string, MarketState>;
  readonly assets: ReadonlyMap<string, VenueAsset>;
  readonly accounts: Map<string, Account>;
  /** Fees the venue took, and what came in from outside: value is conserved between them. */
  readonly feesTaken: Map<string, bigint>;
  readonly deposited: Map<string, bigint>;
  nowMs: number;
  nextOrderId: number;
  emit: (event: VenueEvent) => void;
};

/** Terminal orders and fills that an account keeps; older ones are forgotten. */
export const historyLimit = 200_000;

/** Accounts that give the book its liquidity and its flow. */
export const makersAccount = '~makers';
export const takersAccount = '~takers';

export function createVenue(settings: VenueSettings): VenueState {
  const assets = new Map(settings.assets.map((asset) => [asset.id, asset]));
  for (const market of settings.markets) {
    const quote = assets.get(market.quote);
    const base = assets.get(market.base);
    if (quote === undefined || base === undefined) throw new RangeError(`${market.id}: unknown asset`);
    if (notionalDecimals(market) > quote.decimals) throw new RangeError(`${market.id}: finer than its quote's ledger`);
    if (market.quantityDecimals > base.decimals) throw new RangeError(`${market.id}: finer than its base's ledger`);
  }
  const marketState = (market: VenueMarket): MarketState => ({
    market,
    book: createBook(),
    stops: new Set(),
    updateId: settings.firstUpdateId,
    nextTradeId: settings.firstTradeId,
    lastPrice: 0n,
    markPrice: 0n,
  });
  const state: VenueState = {
    settings,
    assets,
    markets: new Map(settings.markets.map((market) => [market.id, marketState(market)])),
    accounts: new Map(),
    feesTaken: new Map(),
    deposited: new Map(),
    nowMs: 0,
    nextOrderId: settings.firstOrderId,
    emit: () => {},
  };
  for (const id of [makersAccount, takersAccount]) addAccount(state, id, { house: true });
  return state;
}

export function addAccount(state: VenueState, id: string, { house = false } = {}): Account {
  const account: Account = {
    id,
    house,
    balances: new Map(),
    positions: new Map(),
    leverage: new Map(),
    open: new Map(),
    openByClientId: new Map(),
    newestByClientId: new Map(),
    orders: new Map(),
    fills: [],
  };
  state.accounts.set(id, account);
  return account;
}

/** Money that comes in (or, negative, goes out) from outside the venue. */
export function deposit(
  state: VenueState,
  { account: id, asset, amount }: Readonly<{ account: string; asset: string; amount: bigint }>,
): void {
  const account = accountOf(state, id);
  balanceOf(account, asset).total += amount;
  state.deposited.set(asset, (state.deposited.get(asset) ?? 0n) + amount);
  state.emit({ type: 'balances', account: id, assets: [asset], reason: 'deposit' });
}

export function accountOf(state: VenueState, id: string): Account {
  const account = state.accounts.get(id);
  if (account === undefined) throw new RangeError(`no account ${id}`);
  return account;
}

export function marketOf(state: VenueState, id: string): MarketState {
  const market = state.markets.get(id);
  if (market === undefined) throw new RangeError(`no market ${id}`);
  return market;
}

export function assetOf(state: VenueState, id: string): VenueAsset {
  const asset = state.assets.get(id);
  if (asset === undefined) throw new RangeError(`no asset ${id}`);
  return asset;
}

export function balanceOf(account: Account, asset: string): Balance {
  let balance = account.balances.get(asset);
  if (balance === undefined) account.balances.set(asset, (balance = { total: 0n, locked: 0n }));
  return balance;
}

export function positionOf(account: Account, market: string): Position {
  let position = account.positions.get(market);
  if (position === undefined) account.positions.set(market, (position = { size: 0n, cost: 0n, updatedMs: 0 }));
  return position;
}
