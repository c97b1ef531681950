import type { SimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { createBinanceSpotFeed, type BinanceAddresses } from '../../../adapters/feeds/binance/feed.ts';
import { marketFeedContract } from '../../contracts/market-feed.ts';

const addressesOf = ({ url, ws }: SimulatedExchange): BinanceAddresses => ({
  rest: `${url}/bspot`,
  socket: `${ws}/bspot`,
  userSocket: `${ws}/bspot`,
});

marketFeedContract({
  name: 'Binance spot',
  feed: (exchange, settings) => createBinanceSpotFeed({ addresses: addressesOf(exchange), ...settings }),
  symbol: 'BTC/USDT',
  truth: { venue: 'binanceSpot', market: 'BTCUSDT', depth: 20 },
  bookStream: 'btcusdt@depth@100ms',
  tradeStream: 'btcusdt@aggTrade',
  tickerStream: 'btcusdt@bookTicker',
  candleStream: 'btcusdt@kline_1m',
});
