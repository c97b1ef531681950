import type { RecordedTrade, TrackRecord } from '../../core/validation/audit/track-record.ts';
import type { Cells } from './cells.ts';

/** How one program names what a trade is made of. */
export type TradeLayout = Readonly<{
  format: string;
  /** Columns that tell its file from all others. */
  header: readonly string[];
  returnFraction: string;
  pnl: string;
  entry: string;
  exit: string;
  /** A row that is no closed trade. */
  isOpen?: (cells: Cells, row: number) => boolean;
}>;

/** Trades files by their headers, as the programs of today and of some years back write them. */
export const tradeLayouts: readonly TradeLayout[] = [
  {
    format: 'nightdesk backtest --out',
    header: ['returnFraction', 'pnl', 'entryTimeMs', 'exitTimeMs'],
    returnFraction: 'returnFraction',
    pnl: 'pnl',
    entry: 'entryTimeMs',
    exit: 'exitTimeMs',
  },
  {
    format: 'freqtrade trades',
    header: ['pair', 'profit_ratio', 'profit_abs', 'open_date', 'close_date'],
    returnFraction: 'profit_ratio',
    pnl: 'profit_abs',
    entry: 'open_date',
    exit: 'close_date',
    isOpen: (cells, row) => cells.has('is_open') && /^(true|1)$/i.test(cells.text(row, 'is_open')),
  },
  {
    format: 'backtesting.py trades',
    header: ['ReturnPct', 'PnL', 'EntryTime', 'ExitTime'],
    returnFraction: 'ReturnPct', // a fraction, whatever its name says
    pnl: 'PnL',
    entry: 'EntryTime',
    exit: 'ExitTime',
  },
  {
    format: 'vectorbt trades',
    header: ['Return', 'PnL', 'Entry Timestamp', 'Exit Timestamp'],
    returnFraction: 'Return',
    pnl: 'PnL',
    entry: 'Entry Timestamp',
    exit: 'Exit Timestamp',
    isOpen: (cells, row) => cells.has('Status') && cells.text(row, 'Status') === 'Open',
  },
];

/** Reads the trades of a table in a program's layout. */
export function readTrades(cells: Cells, layout: TradeLayout): TrackRecord {
  const { entry, exit, pnl, returnFraction, isOpen } = layout;
  const [entries, exits] = [cells.timesMs(entry), cells.timesMs(exit)];
  const trades = Array.from({ length: cells.length }, (_, row) => row)
    .filter((row) => isOpen?.(cells, row) !== true)
    .map((row): RecordedTrade => ({
      returnFraction: cells.number(row, returnFraction),
      pnl: cells.number(row, pnl),
      entryMs: entries[row],
      exitMs: exits[row],
    }));
  const open = cells.length - trades.length;
  return {
    format: layout.format,
    kind: 'trades',
    trades: byExit(trades),
    leftOut: open === 0 ? [] : [`${open} open ${open === 1 ? 'trade' : 'trades'}`],
  };
}

export const byExit = (trades: readonly RecordedTrade[]): readonly RecordedTrade[] =>
  trades.toSorted((a, b) => (a.exitMs ?? 0) - (b.exitMs ?? 0));
