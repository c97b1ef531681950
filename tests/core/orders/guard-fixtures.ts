import { expect } from 'vitest';
import { stepGuard, startGuard } from '../../../core/orders/guard.ts';
import type {
  GuardDecision,
  GuardEvent,
  GuardLimits,
  GuardState,
  ReservationRequest,
} from '../../../core/orders/guard-types.ts';
import { account, idOf, noonMs, symbol } from '../../contracts/order-fixtures.ts';

/** A guard of round numbers: 1 BTC is worth 100. */
export const limits: GuardLimits = {
  maxOrderNotional: '1000',
  maxPositionNotional: '2000',
  maxExposureNotional: '3000',
  maxOrdersPerMinute: 60,
  maxNotionalPerDay: '100000',
};

/** Binance: 5 s of grant and 5 s of window and 10 s of engine are 20 s of grace. */
export const timing = { receiveWindowMs: 5_000, engineTimeMs: 10_000 };

export const guardOf = (change: Partial<GuardState> = {}): GuardState => ({
  ...startGuard({ account, limits, timing }),
  ...change,
});

export const requestOf = (name: string, change: Partial<ReservationRequest> = {}): ReservationRequest => ({
  clientOrderId: idOf(name),
  symbol,
  side: 'buy',
  amount: '1',
  price: '100',
  reduceOnly: false,
  protective: false,
  ...change,
});

export type Asked = Readonly<{ state: GuardState; decision: GuardDecision | undefined }>;

export function ask(
  state: GuardState,
  name: string,
  { venueMs = noonMs, ...change }: Partial<ReservationRequest> & Readonly<{ venueMs?: number }> = {},
): Asked {
  const step = stepGuard(state, { type: 'reserve', request: requestOf(name, change), venueMs });
  return { state: step.state, decision: step.decision };
}

export const end = (state: GuardState, name: string, executed: string, venueMs = noonMs): GuardState =>
  stepGuard(state, { type: 'ended', clientOrderId: idOf(name), executed, venueMs }).state;

export const told = (state: GuardState, ...events: readonly GuardEvent[]): GuardState =>
  events.reduce((before, event) => stepGuard(before, event).state, state);

/** `granted`, or why not. */
export const verdict = ({ decision }: Asked): string =>
  decision?.kind === 'refused' ? decision.reason : (decision?.kind ?? 'no decision');

/** A guard under way, from what was asked of it: everything granted. */
export const after = (...names: readonly string[]): GuardState =>
  names.reduce((state, name) => {
    const asked = ask(state, name);
    expect(verdict(asked)).toBe('granted');
    return asked.state;
  }, guardOf());
