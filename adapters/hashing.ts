import { createHash } from 'node:crypto';
import { type Bars, barFields, type FundingRates } from '../core/market/bars.ts';

/** SHA-256 of a text (as UTF-8) or of bytes, as 64 lower-case hex digits. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** The bytes of a column as they lie in memory: float64, little endian on every platform that Node is built for. */
const bytesOf = (column: Float64Array) => new Uint8Array(column.buffer, column.byteOffset, column.byteLength);

/**
 * The hash of the market data that a run used, whatever file or store it came from: SHA-256 over, for each market in
 * order, one UTF-8 line `symbol timeframe bars fundingPayments` and then the float64 columns, little endian: timeMs,
 * open, high, low, close, volume, and where there is funding its timeMs and rate.
 */
export function hashColumns(markets: readonly Readonly<{ bars: Bars; funding?: FundingRates }>[]): string {
  const hash = createHash('sha256');
  for (const { bars, funding } of markets) {
    hash.update(`${bars.symbol} ${bars.timeframe} ${bars.timeMs.length} ${funding?.timeMs.length ?? 0}\n`);
    hash.update(bytesOf(bars.timeMs));
    for (const field of barFields) hash.update(bytesOf(bars[field]));
    if (funding === undefined) continue;
    hash.update(bytesOf(funding.timeMs));
    hash.update(bytesOf(funding.rate));
  }
  return hash.digest('hex');
}
