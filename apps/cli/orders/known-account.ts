import { DeskError } from '../../../core/errors.ts';
import { nearestName } from '../../../core/nearest.ts';
import type { TradingDesk } from './trading-desk.ts';

/**
 * Refuses an account that is neither set up nor known to the store: a mistyped name must not be answered as if
 * something had been halted, or as if it had no orders. Where the file of accounts cannot be read, any name may be meant.
 */
export async function requireKnownAccount({ accounts, orders }: TradingDesk, name: string): Promise<void> {
  const known = await orders.accounts();
  if (known.includes(name)) return;
  let names: readonly string[];
  try {
    names = accounts.list().map(({ account }) => account);
  } catch {
    return;
  }
  if (names.includes(name)) return;
  throw noSuchAccount(name, [...new Set([...names, ...known])]);
}

/** With the nearest of the names that would have done. */
export function noSuchAccount(found: string, names: readonly string[]): DeskError {
  const nearest = nearestName(found, names);
  return new DeskError('NotFound', 'no such account', {
    file: 'config/api-keys.yaml',
    path: 'account',
    expected: names.join(', ') || 'an account in that file',
    found,
    ...(nearest !== undefined && { nearest }),
  });
}

/** No venue is asked, so that one symbol can be halted whatever is damaged: but it has to look like a market. */
export function requireMarketName(symbol: string): void {
  if (/^[^\s/]+\/[^\s/]+$/.test(symbol)) return;
  throw new DeskError('BadInput', 'no market', {
    path: '--symbol',
    expected: 'a market by its unified name, as "BTC/USDT" or "BTC/USDT:USDT"',
    found: symbol,
  });
}

/** Who changes what an account may do says why: a blank is no reason. */
export function requireReason(reason: string, expected: string): void {
  if (reason.trim() !== '') return;
  throw new DeskError('BadInput', 'no reason', { path: 'reason', expected, found: 'nothing' });
}
