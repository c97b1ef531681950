/**
 * What a symbol's trades are a position in: on spot the base asset, whatever it is quoted in (what was bought for USDT
 * may be sold for USD); of perpetuals each for itself.
 */
export const holdingOf = (symbol: string): string => (symbol.includes(':') ? symbol : (symbol.split('/', 1)[0] ?? ''));
