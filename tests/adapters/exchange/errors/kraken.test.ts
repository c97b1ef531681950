import { describe, expect, test } from 'vitest';
import { failureOf } from '../../../../adapters/exchange/errors/failure.ts';
import { krakenErrors } from '../../../../adapters/exchange/errors/kraken.ts';
import type { VenueFailureKind } from '../../../../core/ports/exchange.ts';
import { answered, judging } from './answered.ts';

const judge = (text: string, sending: boolean, venueMs?: number) =>
  failureOf(answered(200, JSON.stringify({ error: [text] })), krakenErrors, judging(sending, venueMs));

/** orders.md 5 line by line, then what else docs.kraken.com lists for orders. */
const rows: readonly (readonly [text: string, sent: VenueFailureKind, read: VenueFailureKind])[] = [
  ['EService:Deadline elapsed', 'unknown', 'rejected'],
  ['EGeneral:Invalid arguments:deadline', 'unknown', 'rejected'],
  ['EService: Throttled: 1795672810', 'rateLimited', 'rateLimited'],
  ['EOrder:Unknown order', 'unknownOrder', 'unknownOrder'],
  ['EOrder:Duplicate cl_ord_id', 'unknown', 'rejected'],
  ['EAPI:Invalid nonce', 'unknown', 'rejected'],
  ['EOrder:Insufficient funds', 'rejected', 'rejected'],
  ['EOrder:Order minimum not met', 'rejected', 'rejected'],
  ['EOrder:Cost minimum not met', 'rejected', 'rejected'],
  ['EOrder:Tick size check failed', 'rejected', 'rejected'],
  ['EOrder:Post only order', 'rejected', 'rejected'],
  ['EOrder:Rate limit exceeded', 'rateLimited', 'rateLimited'],
  ['EAPI:Rate limit exceeded', 'rateLimited', 'rateLimited'],
  ['EGeneral:Temporary lockout', 'rateLimited', 'rateLimited'],
  ['EGeneral:Too many requests', 'rateLimited', 'rateLimited'],
  ['EGeneral:Invalid arguments:volume', 'rejected', 'rejected'],
  ['EGeneral:Permission denied', 'badCredentials', 'badCredentials'],
  ['EAPI:Invalid key', 'badCredentials', 'badCredentials'],
  ['EAPI:Invalid signature', 'badCredentials', 'badCredentials'],
  ['EQuery:Unknown asset pair', 'rejected', 'rejected'],
  ['EService:Market in cancel_only mode', 'maintenance', 'maintenance'],
  ['EService:Market in post_only mode', 'maintenance', 'maintenance'],
  // Orders were placed although these came back.
  ['EService:Unavailable', 'unknown', 'maintenance'],
  ['EService:Busy', 'unknown', 'maintenance'],
  ['EService:Timeout', 'unknown', 'unknown'],
  ['EGeneral:Internal error', 'unknown', 'unknown'],
  ['EDatabase:Internal error', 'unknown', 'unknown'],
];

describe('Kraken’s texts', () => {
  test.each(rows)('%s: sent %s, read %s', (text, sent, read) => {
    expect(judge(text, true)).toMatchObject({ kind: sent, code: text, message: text });
    expect(judge(text, false)?.kind).toBe(read);
  });

  test('throttled until a second of the venue’s clock', () => {
    expect(judge('EService: Throttled: 1795672810', false, 1_795_672_806_500)?.retryAfterMs).toBe(3_500);
    expect(judge('EService: Throttled: 1795672810', false)?.retryAfterMs).toBe(5_000);
    expect(judge('EService:Throttled', false, 1_795_672_806_500)?.retryAfterMs).toBe(5_000);
  });

  test('a warning beside a result is no failure; an error beside a warning is', () => {
    const how = judging(true);
    const warned = answered(200, JSON.stringify({ error: ['WOrder:Slow'], result: {} }));
    expect(failureOf(warned, krakenErrors, how)).toBeUndefined();
    const both = answered(200, JSON.stringify({ error: ['WOrder:Slow', 'EOrder:Insufficient funds'] }));
    expect(failureOf(both, krakenErrors, how)?.kind).toBe('rejected');
  });

  test.each([
    [520, '<html>Web server is returning an unknown error</html>', 'unknown'],
    [502, '<html>Bad gateway</html>', 'unknown'],
    [200, '{"error":[],"result":{"txid":["OAAAAA', 'unknown'],
    [429, '', 'rateLimited'],
  ] as const)('HTTP %i with %s is %s', (status, text, kind) => {
    expect(failureOf(answered(status, text), krakenErrors, judging(true))?.kind).toBe(kind);
  });
});
