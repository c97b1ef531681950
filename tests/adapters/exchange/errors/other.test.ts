import { expect, test } from 'vitest';
import { failureOf } from '../../../../adapters/exchange/errors/failure.ts';
import { otherErrors } from '../../../../adapters/exchange/errors/other.ts';
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
