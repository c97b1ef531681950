import { expect, test } from 'vitest';
import { arrivalDecision, arrivalPriceOf } from '../../../core/orders/arrival-price.ts';

const noted = { account: 'main', clientOrderId: 'a'.repeat(32), by: 'order-execution:a', atMs: 1 };
const decided = (what: string, why: string) => ({ ...noted, what, why });
const at = (price: string) => arrivalDecision(noted, { price, source: 'mark', venueMs: 0 });

test('what is noted is read again, the last of several', () => {
  for (const price of ['64100.5', '3000', '0.00001234']) expect(arrivalPriceOf([at(price)])).toBe(price);
  expect(arrivalPriceOf([at('1'), decided('submitted', '5 now'), at('2'), decided('halted', '7 x')])).toBe('2');
});

test('without a note, or with another text, there is none', () => {
  expect(arrivalPriceOf([])).toBeUndefined();
  expect(arrivalPriceOf([decided('reserved', '641 of 10000 an order')])).toBeUndefined();
  expect(arrivalPriceOf([decided('priced', 'much')])).toBeUndefined();
});
