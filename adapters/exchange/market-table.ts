import type { Market as CcxtMarket } from 'ccxt';
import { VenueError, type Market } from '../../core/ports/exchange.ts';
import type { Session } from './ccxt/session.ts';

/** A market under the venue's own name, and under other names that its answers use. */
export type NamedMarket = Readonly<{ id: string; aliases?: readonly string[]; market: Market }>;

export type MarketTable = Readonly<{
  all(signal?: AbortSignal): Promise<readonly Market[]>;
  /** Throws VenueError `rejected` for a symbol that the venue does not have. */
  find(symbol: string, signal?: AbortSignal): Promise<NamedMarket>;
  /** CCXT symbol of the venue's name; undefined for a market that is not ours to trade. */
  symbolOf(id: string, signal?: AbortSignal): Promise<string | undefined>;
}>;

const keptMs = 60 * 60_000;

type Table = Readonly<{ bySymbol: ReadonlyMap<string, NamedMarket>; byId: ReadonlyMap<string, NamedMarket> }>;

/** Trading rules through ccxt's loadMarkets, fetched once and kept for an hour; `read` leaves out what is not ours. */
export function createMarketTable(
  session: Session,
  read: (market: NonNullable<CcxtMarket>) => NamedMarket | undefined,
): MarketTable {
  let kept: Readonly<{ table: Promise<Table>; untilMs: number }> | undefined;
  const load = async (signal?: AbortSignal): Promise<Table> => {
    const { ccxt } = session.client;
    // A look, because without the market's name no order can be looked for or canceled.
    await session.unified('look', () => ccxt.loadMarkets(true), signal);
    const markets = Object.values(ccxt.markets as Readonly<Record<string, CcxtMarket>>)
      .map((market) => (market === undefined ? undefined : read(market)))
      .filter((market) => market !== undefined);
    return {
      bySymbol: new Map(markets.map((named) => [named.market.symbol, named])),
      byId: new Map(markets.flatMap((named) => [named.id, ...(named.aliases ?? [])].map((id) => [id, named] as const))),
    };
  };
  const table = (signal?: AbortSignal): Promise<Table> => {
    if (kept !== undefined && performance.now() < kept.untilMs) return kept.table;
    const loading = load(signal);
    const entry = { table: loading, untilMs: performance.now() + keptMs };
    kept = entry;
    // A failed try is forgotten, so that the next call asks again.
    loading.catch(() => {
      if (kept === entry) kept = undefined;
    });
    return loading;
  };
  return {
    all: async (signal) => [...(await table(signal)).bySymbol.values()].map(({ market }) => market),
    find: async (symbol, signal) => {
      const found = (await table(signal)).bySymbol.get(symbol);
      if (found === undefined) {
        throw new VenueError({ kind: 'rejected', code: '', message: `the venue has no market ${symbol}` });
      }
      return found;
    },
    symbolOf: async (id, signal) => (await table(signal)).byId.get(id)?.market.symbol,
  };
}
