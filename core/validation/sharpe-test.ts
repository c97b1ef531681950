import { daysPerYear } from '../market/timeframe.ts';
import { normalCdf } from '../math/normal.ts';
import type { GateTest } from './verdict.ts';

/**
 * The one-sided test that an annual Sharpe ratio, measured over so many days, is that of a worthless strategy: it
 * spreads by 1 / sqrt(years). Lo (2002), Financial Analysts Journal 58(4), at a true Sharpe of 0. `alpha` is what
 * passes the gate's limit by luck.
 */
export function sharpeTest(
  name: string,
  sharpe: number,
  { days, limit }: Readonly<{ days: number; limit: number }>,
): GateTest {
  const years = Math.sqrt(days / daysPerYear);
  return { name, statistic: sharpe * years, pValue: normalCdf(-sharpe * years), alpha: normalCdf(-limit * years) };
}
