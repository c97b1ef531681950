import { ownFeedContract } from '../../contracts/own-feed.ts';

const everywhere = [
  'duplicate',
  'reorder',
  'dup-fill',
  'late-fill',
  'ws-close',
  'ws-half-open',
  'bad-json',
  'gap',
] as const;

ownFeedContract({
  name: 'Binance spot',
  venue: 'binance',
  path: '/bspot',
  truth: 'binanceSpot',
  keys: ({ apiKey, secret }) => ({ apiKey, secret }),
  streams: ['user'],
  money: ['USDT', 'USDT'],
  symbol: 'BTC/USDT',
  numbered: false,
  faults: [...everywhere, 'expire-key'],
});

ownFeedContract({
  name: 'Binance USD-M',
  venue: 'binanceusdm',
  path: '/bfut',
  truth: 'binanceUsdm',
  keys: ({ apiKey, secret }) => ({ apiKey, secret }),
  streams: ['user'],
  money: ['USDT', 'USDT'],
  symbol: 'BTC/USDT:USDT',
  numbered: false,
  faults: [...everywhere, 'expire-key'],
});

ownFeedContract({
  name: 'Kraken',
  venue: 'kraken',
  path: '/kr',
  truth: 'krakenSpot',
  keys: ({ krakenKey, krakenSecret }) => ({ apiKey: krakenKey, secret: krakenSecret }),
  streams: ['executions', 'balances'],
  money: ['USD', 'ZUSD'],
  symbol: 'BTC/USD',
  numbered: true,
  faults: [...everywhere, 'invalidate-token', 'maintenance'],
});
