import { expect, test } from 'vitest';
import { roomToLimit } from '../../../plugins/risk/room.ts';

test('room is the two roots of variance x^2 + 2 covariance x + excess', () => {
  // x^2 + 2x - 3 = (x - 1)(x + 3)
  expect(roomToLimit({ variance: 1, covariance: 1, excess: -3 })).toEqual({ maxIncrease: 1, maxDecrease: 3 });
  expect(roomToLimit({ variance: 1, covariance: -1, excess: -3 })).toEqual({ maxIncrease: 3, maxDecrease: 1 });
});

test('at the limit there is room on one side only, without risk there is none to speak of', () => {
  expect(roomToLimit({ variance: 2, covariance: 1, excess: 0 })).toEqual({ maxIncrease: 0, maxDecrease: 1 });
  expect(roomToLimit({ variance: 0, covariance: 0, excess: -1 })).toEqual({});
});
