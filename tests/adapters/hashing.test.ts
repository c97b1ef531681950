import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashColumns, sha256 } from '../../adapters/hashing.ts';
import type { Bars } from '../../core/market/bars.ts';

const bars: Bars = {
  symbol: 'BTC/USDT',
  timeframe: '1h',
  timeMs: Float64Array.of(3_600_000),
  open: Float64Array.of(1),
  high: Float64Array.of(3),
  low: Float64Array.of(0.5),
  close: Float64Array.of(2),
  volume: Float64Array.of(7),
};

// FIPS 180-2, appendix B.1
test('sha256 of abc', () => {
  const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect([sha256('abc'), sha256(Buffer.from('abc'))]).toEqual([digest, digest]);
});

test('the data hash is over a line and the columns, little endian, as its comment says', () => {
  const line = Buffer.from('BTC/USDT 1h 1 0\n');
  const numbers = Buffer.alloc(48);
  [3_600_000, 1, 3, 0.5, 2, 7].forEach((value, index) => numbers.writeDoubleLE(value, index * 8));
  expect(hashColumns([{ bars }])).toBe(createHash('sha256').update(line).update(numbers).digest('hex'));
});

test('every column, the symbol, the order of markets and funding count', () => {
  const other = { ...bars, symbol: 'ETH/USDT' };
  const funding = { symbol: 'BTC/USDT', timeMs: Float64Array.of(0), rate: Float64Array.of(1e-4) };
  const hashes = [
    hashColumns([{ bars }]),
    hashColumns([{ bars: other }]),
    hashColumns([{ bars }, { bars: other }]),
    hashColumns([{ bars: other }, { bars }]),
    hashColumns([{ bars, funding }]),
    hashColumns([{ bars, funding: { ...funding, rate: Float64Array.of(2e-4) } }]),
    ...(['timeMs', 'open', 'high', 'low', 'close', 'volume'] as const).map((field) =>
      hashColumns([{ bars: { ...bars, [field]: Float64Array.of(99) } }]),
    ),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('a window hashes as a copy of it does', () => {
  const long = Float64Array.of(0, 3_600_000, 0);
  expect(hashColumns([{ bars: { ...bars, timeMs: long.subarray(1, 2) } }])).toBe(hashColumns([{ bars }]));
});
