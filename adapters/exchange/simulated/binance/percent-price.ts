import type { VenueMarket } from '../../../../core/venue/market.ts';
import { marketOf } from '../../../../core/venue/state.ts';
import { BinanceError } from './errors.ts';
import { tapeOf, type BinanceHost } from './host.ts';

/** Minutes over which Binance averages a price. */
export const averageMinutes = 5;

/** How far from the average a limit may stand, in hundredths of it: the venue's own multipliers of its big pairs. */
const most = 500n;
const least = 20n;

/** Notional and quantity traded in the last minutes: their ratio is the average price. */
export function recentlyTraded(host: BinanceHost, { id }: VenueMarket): { notional: bigint; quantity: bigint } {
  const minutes = tapeOf(host, id).minutes.slice(-averageMinutes);
  const sum = (field: 'volume' | 'notional') => minutes.reduce((total, minute) => total + minute[field], 0n);
  return { notional: sum('notional'), quantity: sum('volume') };
}

/** As exchangeInfo lists it. */
export const percentPriceFilter = {
  filterType: 'PERCENT_PRICE_BY_SIDE',
  bidMultiplierUp: '5',
  bidMultiplierDown: '0.2',
  askMultiplierUp: '5',
  askMultiplierDown: '0.2',
  avgPriceMins: averageMinutes,
};

/** Refuses a limit price that is too far from the average; where nothing was traded, from the last price. */
export function checkPercentPrice(host: BinanceHost, market: VenueMarket, price: bigint): void {
  const traded = recentlyTraded(host, market);
  const { notional, quantity } =
    traded.quantity > 0n ? traded : { notional: marketOf(host.venue, market.id).lastPrice, quantity: 1n };
  if (notional === 0n) return;
  const hundredfold = price * quantity * 100n;
  if (hundredfold <= notional * most && hundredfold >= notional * least) return;
  throw new BinanceError(-1013, 'Filter failure: PERCENT_PRICE_BY_SIDE');
}
