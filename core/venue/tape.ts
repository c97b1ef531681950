import { addTrade, type Candles } from './candles.ts';
import type { PublicTrade } from './events.ts';

/** What a market printed: the newest trades, and minutes built from all of them. */
export type Tape = Readonly<{ trades: PublicTrade[]; minutes: Candles }>;

/** Trades that are kept, between half of it and all of it. */
const tradesLimit = 20_000;

export const createTape = (): Tape => ({ trades: [], minutes: [] });

export function print({ trades, minutes }: Tape, trade: PublicTrade): void {
  trades.push(trade);
  if (trades.length > tradesLimit) trades.splice(0, tradesLimit / 2);
  addTrade(minutes, trade);
}
