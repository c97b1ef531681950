import type { SimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { createKrakenFeed, type KrakenAddresses } from '../../../adapters/feeds/kraken/feed.ts';
import { marketFeedContract } from '../../contracts/market-feed.ts';

const addressesOf = ({ url, ws }: SimulatedExchange): KrakenAddresses => ({
  rest: `${url}/kr`,
  socket: `${ws}/kr/ws/v2`,
  userSocket: `${ws}/kr/ws-auth/v2`,
});

marketFeedContract({
  name: 'Kraken',
  feed: (exchange, settings) => createKrakenFeed({ addresses: addressesOf(exchange), ...settings }),
  symbol: 'BTC/USD',
  truth: { venue: 'krakenSpot', market: 'XXBTZUSD', depth: 20 },
  bookStream: 'book',
  tradeStream: 'trade',
  tickerStream: 'ticker',
  candleStream: 'ohlc',
});
