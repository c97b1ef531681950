import { symbolOf } from '../../../adapters/market-data/find-bars.ts';
import { DeskError } from '../../../core/errors.ts';
import type { FeedStream } from '../../../core/ports/market-feed.ts';

const defaultDepth = 10;
const defaultTimeframe = '1m';

type Channel = (symbol: string, detail: string | undefined) => FeedStream | undefined;

const channels: Readonly<Record<string, Channel>> = {
  ticker: (symbol, detail) => (detail === undefined ? { channel: 'ticker', symbol } : undefined),
  trades: (symbol, detail) => (detail === undefined ? { channel: 'trades', symbol } : undefined),
  book: (symbol, detail = `${defaultDepth}`) =>
    /^[1-9]\d{0,4}$/.test(detail) ? { channel: 'book', symbol, depth: Number(detail) } : undefined,
  candles: (symbol, timeframe = defaultTimeframe) =>
    timeframe === '' ? undefined : { channel: 'candles', symbol, timeframe },
};

const partsOf = (list: string): readonly string[] => [...new Set(list.split(',').map((part) => part.trim()))];

/** The streams of `--symbols BTC/USDT,ETH/USDT --channels ticker,book:25,candles:5m`: every channel of every symbol. */
export function watchedStreams(symbols: string, channelList: string): readonly FeedStream[] {
  const named = partsOf(symbols).map((text) => symbolOf(text, '--symbols'));
  return partsOf(channelList).flatMap((text) => named.map((symbol) => streamOf(symbol, text)));
}

function streamOf(symbol: string, text: string): FeedStream {
  const [name = '', detail, ...more] = text.split(':');
  const make = Object.hasOwn(channels, name) && more.length === 0 ? channels[name] : undefined;
  const stream = make?.(symbol, detail);
  if (stream !== undefined) return stream;
  throw new DeskError('Usage', 'this is no channel', {
    path: '--channels',
    expected: 'ticker, trades, book[:levels] or candles[:timeframe]',
    found: text,
  });
}
