import type { SimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { createBinanceUsdmFeed, type BinanceAddresses } from '../../../adapters/feeds/binance/feed.ts';
import { marketFeedContract } from '../../contracts/market-feed.ts';

const addressesOf = ({ url, ws }: SimulatedExchange): BinanceAddresses => ({
  rest: `${url}/bfut`,
  socket: `${ws}/bfut`,
  userSocket: `${ws}/bfut`,
});

marketFeedContract({
  name: 'Binance USD-M',
  feed: (exchange, settings) => createBinanceUsdmFeed({ addresses: addressesOf(exchange), ...settings }),
  symbol: 'BTC/USDT:USDT',
  truth: { venue: 'binanceUsdm', market: 'BTCUSDT', depth: 20 },
  bookStream: 'btcusdt@depth@100ms',
  tradeStream: 'btcusdt@aggTrade',
  tickerStream: 'btcusdt@bookTicker',
  candleStream: 'btcusdt@kline_1m',
});
