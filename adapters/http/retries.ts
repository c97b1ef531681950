import { DeskError, errorRules } from '../../core/errors.ts';
import type { Answer } from './exchange.ts';
import type { Provider } from './provider.ts';
import { retryAfterMs } from './retry-after.ts';

type Try = Readonly<{ provider: Provider; attempt: number; nowMs: number }>;

/**
 * How long to wait before the request is worth another try, in ms, or undefined where it is not: what the provider
 * asks for, in a header or in its body; else twice as long every time from half a second, where its answer (5xx, 408,
 * 429) or its silence may be gone by then.
 */
export function waitBefore(outcome: Answer | DeskError, { provider, attempt, nowMs }: Try): number | undefined {
  const backoffMs = 500 * 2 ** (attempt - 1);
  if (outcome instanceof DeskError) return errorRules[outcome.code].retryable ? backoffMs : undefined;
  const { status, headers } = outcome;
  const asked = provider.waitAskedMs?.(outcome) ?? retryAfterMs(headers['retry-after'], nowMs);
  if (status >= 200 && status < 300) return provider.waitAskedMs?.(outcome);
  const mayPass =
    status === 429 || status === 408 || status >= 500 || provider.limitedStatuses?.includes(status) === true;
  return mayPass || provider.waitAskedMs?.(outcome) !== undefined ? (asked ?? backoffMs) : undefined;
}
