import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBarFileName, parseSymbol, symbolFileStem } from '../../../core/market/symbol.ts';

describe('parseSymbol', () => {
  test.each([
    ['BTC/USDT', 'BTC/USDT'],
    ['btc/usdt:usdt', 'BTC/USDT:USDT'],
    ['BTC-USDT', 'BTC/USDT'],
    ['BTC-USDT-PERP', 'BTC/USDT:USDT'],
    ['BTC-USD-BTC-PERP', 'BTC/USD:BTC'],
    ['BTC_USDT', 'BTC/USDT'],
    ['BTC_USDT_USDT', 'BTC/USDT:USDT'],
    ['1000PEPE/USDT', '1000PEPE/USDT'],
  ])('%s is %s', (text, symbol) => expect(parseSymbol(text)).toBe(symbol));

  test.each(['BTCUSDT', 'BTC', '', 'BTC/', '../etc-USDT', 'BTC-USDT-PERP-funding', 'BTC/USDT:USDT-260327'])(
    '%s says no symbol',
    (text) => expect(parseSymbol(text)).toBeUndefined(),
  );
});

test('a symbol and its spelling in file names are one to one', () => {
  const asset = fc.stringMatching(/^[A-Z0-9]{1,6}$/).filter((text) => text !== 'PERP');
  fc.assert(
    fc.property(asset, asset, fc.option(asset), (base, quote, settle) => {
      const symbol = settle === null ? `${base}/${quote}` : `${base}/${quote}:${settle}`;
      expect(parseSymbol(symbolFileStem(symbol) ?? '')).toBe(symbol);
    }),
  );
});

test.each([
  ['BTC-USDT-PERP-1h.csv.gz', { symbol: 'BTC/USDT:USDT', timeframe: '1h' }],
  ['BTC_USDT_USDT-5m-futures.feather', { symbol: 'BTC/USDT:USDT', timeframe: '5m' }],
  ['ETH-USDT-1d.parquet', { symbol: 'ETH/USDT', timeframe: '1d' }],
  ['ETH-USDT.csv', { symbol: 'ETH/USDT' }],
  ['prices-1h.csv', { timeframe: '1h' }],
  ['BTC-USDT-PERP-funding-8h.csv', { timeframe: '8h' }],
  ['prices.csv', {}],
  ['1h.csv', { timeframe: '1h' }],
])('the name %s says %o', (name, said) => expect(parseBarFileName(name)).toEqual(said));
