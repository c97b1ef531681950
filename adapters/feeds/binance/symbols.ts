import { DeskError } from '../../../core/errors.ts';
import type { JsonClient } from '../rest.ts';
import { exchangeInfo } from './messages.ts';
import type { OwnSymbol } from './own-events.ts';
import type { BinanceSide } from './side.ts';

/** Says whose a symbol of Binance's is: own events do not tell where the base ends. */
export type SymbolTable = (id: string, signal: AbortSignal) => Promise<OwnSymbol>;

/** Spot is asked symbol by symbol (all of it is 15 MB), USD-M at once; what was answered is kept. */
export function createSymbolTable(side: BinanceSide, ask: JsonClient): SymbolTable {
  const known = new Map<string, OwnSymbol>();
  return async (id, signal) => {
    if (!known.has(id)) {
      const query = side.kind === 'spot' ? { symbol: id } : {};
      const weight = side.kind === 'spot' ? 20 : 1;
      const { symbols } = exchangeInfo.parse(await ask({ path: `${side.api}/exchangeInfo`, query, weight }, signal));
      for (const row of symbols) {
        const pair = `${row.baseAsset}/${row.quoteAsset}`;
        if (side.kind === 'spot') known.set(row.symbol, { symbol: pair, quote: row.quoteAsset });
        else if (row.contractType === 'PERPETUAL') {
          known.set(row.symbol, { symbol: `${pair}:${row.marginAsset ?? row.quoteAsset}`, quote: row.quoteAsset });
        }
      }
    }
    const found = known.get(id);
    if (found !== undefined) return found;
    throw new DeskError('NotFound', `${side.venue} names no symbol ${id}`, { path: 'symbol', found: id });
  };
}
