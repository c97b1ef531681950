import { expect, test } from 'vitest';
import { tripToReducing } from '../../../core/order-desk/trip-account.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import { account, openDesk, symbol } from './desk-fixtures.ts';

const trip = { account, reason: 'orders a minute: the limit is 60', symbol, clientOrderId: idOf('a') };

test('the account reduces, with a decision and one alert, however often it is tried', async () => {
  const { desk, store } = openDesk();
  const word = await tripToReducing(desk, trip, 1_000);
  expect(word).toMatchObject({ mode: 'REDUCING', reason: trip.reason, by: `account-guard:${account}` });
  expect(await tripToReducing(desk, { ...trip, clientOrderId: idOf('b') }, 2_000)).toEqual(word);
  expect(await store.accountState(account)).toEqual(word);
  expect(await store.decisions({ account })).toMatchObject([{ what: 'reducing', why: trip.reason }]);
  expect(await store.alerts({ account })).toMatchObject([
    { severity: 'RED', symbol, clientOrderId: idOf('a'), text: expect.stringContaining('until a person resumes it') },
  ]);
  // Again after a person has resumed it: another decision, another alert.
  await store.setMode(account, 'ACTIVE', { reason: 'looked at it', by: 'me', person: true }, 3_000, desk.nowMs());
  await tripToReducing(desk, trip, 4_000);
  expect(await store.alerts({ account })).toHaveLength(2);
});

test.each(['HALTED', 'REDUCING'] as const)('what a person has set stays: %s', async (mode) => {
  const { desk, store } = openDesk();
  const set = await store.setMode(account, mode, { reason: 'a drill', by: 'me', person: true }, 1_000, 1_000);
  expect(await tripToReducing(desk, trip, 2_000)).toEqual(set);
  expect(await store.alerts({ account })).toEqual([]);
});
