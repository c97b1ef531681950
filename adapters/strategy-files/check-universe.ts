import { parseSymbol } from '../../core/market/symbol.ts';
import type { ShapedFile } from './check-shape.ts';
import type { Checking } from './checking.ts';

/** Quote currencies by which a symbol without a separator is cut for the suggestion. */
const quotes = ['USDT', 'USDC', 'FDUSD', 'BUSD', 'USD', 'EUR', 'BTC', 'ETH'];

/** The symbols as CCXT spells them, each once. */
export function checkUniverse({ universe = [] }: ShapedFile, { problem }: Checking): string[] {
  const symbols: string[] = [];
  for (const [i, text] of universe.entries()) {
    const symbol = parseSymbol(text);
    if (symbol === undefined) {
      const nearest = suggestion(text);
      problem(['universe', i], 'is no symbol', {
        expected: 'BTC/USDT (spot) or BTC/USDT:USDT (perpetual)',
        found: text,
        ...(nearest === undefined ? {} : { nearest }),
      });
    } else if (symbols.includes(symbol)) {
      problem(['universe', i], `repeats ${symbol}`, { expected: 'each symbol once' });
    } else {
      symbols.push(symbol);
    }
  }
  return symbols;
}

function suggestion(text: string): string | undefined {
  const joined = text.toUpperCase();
  const quote = quotes.find((each) => joined.endsWith(each) && joined.length > each.length);
  return quote === undefined ? undefined : parseSymbol(`${joined.slice(0, -quote.length)}/${quote}`);
}
