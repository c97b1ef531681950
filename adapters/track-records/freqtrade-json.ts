import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import type { TrackRecord } from '../../core/validation/audit/track-record.ts';
import { isoToMs } from '../market-data/timestamps.ts';
import { byExit } from './trade-files.ts';

const trade = z.object({
  profit_ratio: z.number(),
  profit_abs: z.number(),
  open_date: z.string().optional(),
  close_date: z.string().nullable().optional(),
  open_timestamp: z.number().optional(),
  close_timestamp: z.number().nullable().optional(),
  is_open: z.boolean().optional(),
});

/** `backtest-result-….json` of freqtrade (`--export trades`), as far as an audit reads it; or a plain list of trades. */
const result = z.object({
  strategy: z.record(z.string(), z.object({ trades: z.array(trade), starting_balance: z.number().optional() })),
});

/** The trades of one strategy of a freqtrade backtest result; `strategy` chooses where there are several. */
export function readFreqtradeJson(document: unknown, file: string, strategy: string | undefined): TrackRecord {
  const list = z.array(trade).safeParse(document);
  if (list.success) return recordOf({ trades: list.data });
  const parsed = result.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DeskError('BadInput', 'no backtest result of freqtrade', {
      file,
      path: issue.path.join('.'),
      expected: 'strategy.<name>.trades, or a list of trades',
      found: issue.message,
    });
  }
  const strategies = parsed.data.strategy;
  const names = Object.keys(strategies);
  const name = strategy ?? (names.length === 1 ? names[0] : undefined);
  const chosen = name === undefined ? undefined : strategies[name];
  if (name !== undefined && chosen !== undefined) return { ...recordOf(chosen), name };
  const nearest = strategy === undefined ? undefined : nearestName(strategy, names);
  throw new DeskError('Usage', 'which strategy of the file?', {
    path: '--strategy',
    expected: `one of ${names.join(', ')}`,
    ...(strategy !== undefined && { found: strategy }),
    ...(nearest !== undefined && { nearest }),
  });
}

type Result = z.infer<typeof result>['strategy'][string];

function recordOf({ trades, starting_balance: startEquity }: Partial<Result> & Pick<Result, 'trades'>): TrackRecord {
  const closed = trades.filter(({ is_open: isOpen }) => isOpen !== true);
  const open = trades.length - closed.length;
  return {
    format: 'freqtrade backtest result',
    kind: 'trades',
    ...(startEquity !== undefined && { startEquity }),
    leftOut: open === 0 ? [] : [`${open} open ${open === 1 ? 'trade' : 'trades'}`],
    trades: byExit(
      closed.map((each) => {
        const entryMs = each.open_timestamp ?? isoToMs(each.open_date ?? '');
        const exitMs = each.close_timestamp ?? isoToMs(each.close_date ?? '');
        const times = Number.isNaN(entryMs) || Number.isNaN(exitMs) ? {} : { entryMs, exitMs };
        return { returnFraction: each.profit_ratio, pnl: each.profit_abs, ...times };
      }),
    ),
  };
}
