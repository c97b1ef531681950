import type { Attempt } from '../../../../adapters/exchange/ccxt/attempt.ts';
import type { Judging } from '../../../../adapters/exchange/errors/failure.ts';

/** A request that was answered in full. */
export const answered = (status: number, text: string, headers: Attempt['headers'] = {}): Attempt => ({
  sent: true,
  status,
  headers,
  text,
});

/** For an account without keys. */
export const judging = (sending: boolean, venueMs?: number): Judging => ({ sending, venueMs, redact: (text) => text });
