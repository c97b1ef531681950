import { describe, expect, test } from 'vitest';
import { binanceErrors } from '../../../../adapters/exchange/errors/binance.ts';
import { failureOf } from '../../../../adapters/exchange/errors/failure.ts';
import type { VenueFailureKind } from '../../../../core/ports/exchange.ts';
import { answered, judging } from './answered.ts';

const judge = (status: number, code: number, msg: string, sending: boolean) =>
  failureOf(answered(status, JSON.stringify({ code, msg })), binanceErrors, judging(sending));

type Row = readonly [status: number, code: number, msg: string, sent: VenueFailureKind, read: VenueFailureKind];

/** orders.md 5 line by line, then the other codes of Binance's error lists that an order can get. */
const rows: readonly Row[] = [
  [401, -2015, 'Invalid API-key, IP, or permissions for action.', 'badCredentials', 'badCredentials'],
  [429, -1015, 'Too many new orders; current limit is 100 orders per 10 SECOND.', 'rateLimited', 'rateLimited'],
  [400, -1021, 'Timestamp for this request is outside of the recvWindow.', 'unknown', 'rejected'],
  [400, -2019, 'Margin is insufficient.', 'rejected', 'rejected'],
  [400, -2022, 'ReduceOnly Order is rejected.', 'rejected', 'rejected'],
  [400, -4116, 'ClientOrderId is duplicated.', 'unknown', 'rejected'],
  [400, -4164, "Order's notional must be no smaller than 100 (unless you choose reduce only).", 'rejected', 'rejected'],
  [
    400,
    -5022,
    'Due to the order could not be executed as maker, the Post Only order will be rejected.',
    'rejected',
    'rejected',
  ],
  [503, -1008, 'Request throttled by system-level protection.', 'rateLimited', 'rateLimited'],
  [400, -2010, 'Duplicate order sent.', 'unknown', 'rejected'],
  [400, -2010, 'Account has insufficient balance for requested action.', 'rejected', 'rejected'],
  [400, -2010, 'Order would immediately match and take.', 'rejected', 'rejected'],
  [400, -2011, 'Unknown order sent.', 'unknownOrder', 'unknownOrder'],
  [400, -2013, 'Order does not exist.', 'unknownOrder', 'unknownOrder'],
  [401, -2014, 'API-key format invalid.', 'badCredentials', 'badCredentials'],
  [400, -1022, 'Signature for this request is not valid.', 'badCredentials', 'badCredentials'],
  [400, -1013, 'Filter failure: LOT_SIZE', 'rejected', 'rejected'],
  [400, -1102, "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed.", 'rejected', 'rejected'],
  [400, -1111, "Parameter 'price' has too much precision.", 'rejected', 'rejected'],
  [400, -1121, 'Invalid symbol.', 'rejected', 'rejected'],
  [400, -2021, 'Order would immediately trigger.', 'rejected', 'rejected'],
  [400, -4014, 'Price not increased by tick size.', 'rejected', 'rejected'],
  [429, -1003, 'Too many requests.', 'rateLimited', 'rateLimited'],
  [418, -1003, 'Way too much request weight used; IP banned until 1795672810000.', 'rateLimited', 'rateLimited'],
  // The venue itself does not know.
  [500, -1000, 'An unknown error occurred while processing the request.', 'unknown', 'unknown'],
  [503, -1000, 'Unknown error, please check your request or try again later.', 'unknown', 'unknown'],
  [400, -1001, 'Internal error; unable to process your request. Please try again.', 'unknown', 'unknown'],
  [
    400,
    -1006,
    'An unexpected response was received from the message bus. Execution status unknown.',
    'unknown',
    'unknown',
  ],
  [
    408,
    -1007,
    'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
    'unknown',
    'unknown',
  ],
  [400, -9999, 'A code of tomorrow.', 'unknown', 'unknown'],
];

describe('Binance’s codes', () => {
  test.each(rows)('HTTP %i, %i %s: sent %s, read %s', (...[status, code, msg, sent, read]) => {
    expect(judge(status, code, msg, true)).toMatchObject({ kind: sent, code: String(code), message: msg });
    expect(judge(status, code, msg, false)?.kind).toBe(read);
  });

  test.each([
    [403, '<html><h1>403 Forbidden</h1></html>', 'rateLimited'],
    [502, '<html><h1>502 Bad Gateway</h1></html>', 'unknown'],
    [504, '', 'unknown'],
    [301, '', 'unknown'],
    [200, '{"orderId":12', 'unknown'],
    [200, 'null', 'unknown'],
    [200, '"orderId"', 'unknown'],
  ] as const)('HTTP %i with %s is %s', (status, text, kind) => {
    expect(failureOf(answered(status, text), binanceErrors, judging(true))?.kind).toBe(kind);
  });

  test('an answer without a code is no failure, nor is a code that is not negative', () => {
    for (const text of ['{"orderId":1}', '[]', '{"code":200,"msg":"done"}', '{"code":"200","msg":"success"}']) {
      expect(failureOf(answered(200, text), binanceErrors, judging(true))).toBeUndefined();
    }
  });

  test('Retry-After says for how long; without it the table does', () => {
    const text = JSON.stringify({ code: -1003, msg: 'Too many requests.' });
    const how = judging(false);
    expect(failureOf(answered(429, text, { 'retry-after': '7' }), binanceErrors, how)?.retryAfterMs).toBe(7_000);
    expect(failureOf(answered(429, text), binanceErrors, how)?.retryAfterMs).toBe(60_000);
  });
});

describe('how far a request came', () => {
  test('before its first byte left it is notReachable, whatever the reason', () => {
    const attempt = { sent: false, headers: {}, problem: 'ECONNREFUSED' };
    expect(failureOf(attempt, binanceErrors, judging(true))).toEqual({
      kind: 'notReachable',
      code: '',
      message: 'the request was not sent: ECONNREFUSED',
    });
  });

  test.each(['ECONNRESET', 'no whole answer within 10000 ms', 'the answer was cut off', 'stopped by the caller'])(
    'after it, %s is unknown',
    (problem) => {
      const attempt = { sent: true, headers: {}, problem };
      expect(failureOf(attempt, binanceErrors, judging(true))?.kind).toBe('unknown');
    },
  );
});
