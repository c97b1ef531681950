import { expect, test } from 'vitest';
import { failureOf } from '../../../../adapters/exchange/errors/failure.ts';
import { isOfTime, otherErrors } from '../../../../adapters/exchange/errors/other.ts';
import { answered, judging } from './answered.ts';

const judge = (status: number, answer: object) =>
  failureOf(answered(status, JSON.stringify(answer)), otherErrors, judging(true));

/** Answers in the forms of OKX, Bybit, KuCoin, Gate and Coinbase. */
test.each([
  [200, { code: '51008', msg: 'Order failed. Insufficient USDT balance in account' }, 'unknown'],
  [200, { retCode: 170131, retMsg: 'Insufficient balance.' }, 'rejected'],
  [400, { label: 'INVALID_KEY', message: 'Invalid key provided' }, 'badCredentials'],
  [200, { code: '200004', msg: 'Insufficient balance' }, 'rejected'],
  [400, { label: 'ORDER_NOT_FOUND', message: 'Order not found' }, 'unknownOrder'],
  [401, { message: 'nothing that we know' }, 'badCredentials'],
  [429, { code: '50011', msg: 'Requests too frequent' }, 'rateLimited'],
  [429, { code: '50011', msg: 'Too many requests' }, 'rateLimited'],
  [200, { code: '51016', msg: 'Client order ID already exists.' }, 'unknown'],
  [500, { error: 'Internal Server Error' }, 'unknown'],
] as const)('HTTP %i %j is %s', (status, answer, kind) => {
  expect(judge(status, answer)?.kind).toBe(kind);
});

test.each([
  { code: '0', data: [] },
  { retCode: 0, retMsg: 'OK', result: {} },
  { code: '200000', data: {} },
  { id: '1' },
])('%j is no failure', (answer) => {
  expect(judge(200, answer)).toBeUndefined();
});

/** In the words of Binance's kin, Bybit, OKX, KuCoin, Bitget and Gate. */
test.each([
  [400, { code: -1021, msg: 'Timestamp for this request is outside of the recvWindow.' }],
  [200, { retCode: 10002, retMsg: 'invalid request, please check your server timestamp or recv_window param.' }],
  [401, { code: '50102', msg: 'Timestamp request expired' }],
  [200, { code: '400002', msg: 'KC-API-TIMESTAMP Invalid' }],
  [400, { code: '40008', msg: 'Request timestamp expired' }],
  [403, { label: 'REQUEST_EXPIRED', message: 'gap between request Timestamp and server time exceeds 60' }],
] as const)('HTTP %i %j is of the time: of an order unknown, of a read a refusal', (status, answer) => {
  const attempt = answered(status, JSON.stringify(answer));
  const [sent, read] = [true, false].map((sending) => failureOf(attempt, otherErrors, judging(sending)));
  expect([sent?.kind, read?.kind, sent !== undefined && isOfTime(sent)]).toEqual(['unknown', 'rejected', true]);
});
