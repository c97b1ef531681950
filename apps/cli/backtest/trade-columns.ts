import type { TableColumn } from '../../../adapters/table-file.ts';
import type { Trade } from '../../../core/backtest/types.ts';

const types = {
  symbol: 'text',
  side: 'text',
  entryBar: 'integer',
  exitBar: 'integer',
  entryTimeMs: 'integer',
  exitTimeMs: 'integer',
  entryPrice: 'number',
  exitPrice: 'number',
  quantity: 'number',
  fees: 'number',
  funding: 'number',
  pnl: 'number',
  returnFraction: 'number',
  bars: 'integer',
  exitReason: 'text',
} as const satisfies Record<keyof Trade, TableColumn['type']>;

/** Trades as columns, named and ordered as in the specification. */
export function tradeColumns(trades: readonly Trade[]): readonly TableColumn[] {
  return (Object.keys(types) as (keyof Trade)[]).map(
    (name) => ({ name, type: types[name], values: trades.map((trade) => trade[name]) }) as TableColumn,
  );
}
