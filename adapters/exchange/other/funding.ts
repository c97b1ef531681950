import type { FundingHistory } from 'ccxt';
import { VenueError, type FundingPage, type FundingPayment, type FundingQuery } from '../../../core/ports/exchange.ts';
import type { Session } from '../ccxt/session.ts';
import { following, pageOf } from './look.ts';
import { figure } from './read.ts';

/**
 * Funding payments through ccxt, one market after the other, since many venues tell them only so. The cursor names the
 * market's place, the time to go on from, and what was shown of that moment.
 */
export async function otherFundingPage(
  { client: { ccxt }, unified }: Session,
  { symbols, sinceMs, cursor }: FundingQuery,
  signal?: AbortSignal,
): Promise<FundingPage> {
  const [place = '', from = '', ...shown] = cursor?.split(' ') ?? ['0', String(sinceMs)];
  const symbol = symbols[Number(place)];
  if (symbol === undefined) return { payments: [] };
  const since = Number(from);
  const size = pageOf(ccxt, symbol, 'fetchFundingHistory');
  const rows = await unified('read', () => ccxt.fetchFundingHistory(symbol, since, size), signal);
  const payments = rows
    .map((row) => readOtherFunding(row, ccxt.id, symbol))
    .filter(({ venueMs, fundingId }) => venueMs >= sinceMs && !shown.includes(fundingId))
    .toSorted((a, b) => a.venueMs - b.venueMs);
  if (rows.length >= size) {
    const last = following(since, payments.at(-1)?.venueMs ?? since);
    const atLast = payments.filter(({ venueMs }) => venueMs === last).map(({ fundingId }) => fundingId);
    return { payments, next: [place, last, ...atLast].join(' ') };
  }
  const next = Number(place) + 1;
  return next < symbols.length ? { payments, next: `${next} ${sinceMs}` } : { payments };
}

/** Where a venue numbers no payments its market and time name one: none pays twice at one moment. */
export function readOtherFunding(row: FundingHistory, venue: string, symbol: string): FundingPayment {
  const { id, code, amount, timestamp } = row;
  if (typeof code !== 'string' || typeof timestamp !== 'number') {
    throw new VenueError({ kind: 'unknown', code: '', message: 'a funding payment without its asset or time' });
  }
  const fundingId = typeof id === 'string' && id !== '' ? id : String(timestamp);
  return { venue, fundingId, symbol, asset: code, amount: figure(amount), venueMs: timestamp };
}
