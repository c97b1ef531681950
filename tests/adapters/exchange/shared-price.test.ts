import { expect, test, vi } from 'vitest';
import { sharedPrice } from '../../../adapters/exchange/shared-price.ts';

const answer = (price: number) => ({ price: String(price), source: 'bookMid', venueMs: price }) as const;

test('those that ask at the same time share one request, each symbol its own', async () => {
  let asked = 0;
  const price = sharedPrice(async () => answer(++asked), 500);
  const both = await Promise.all([price('BTC/USDT'), price('BTC/USDT'), price('ETH/USDT')]);
  expect(both).toEqual([answer(1), answer(1), answer(2)]);
});

test('it is asked anew when it is older than it may be', async () => {
  const clock = vi.spyOn(performance, 'now');
  let asked = 0;
  const price = sharedPrice(async () => answer(++asked), 500);
  const at = async (ms: number) => {
    clock.mockReturnValue(ms);
    return (await price('BTC/USDT')).price;
  };
  try {
    expect([await at(0), await at(499), await at(500), await at(999), await at(1_000)]).toEqual([
      '1',
      '1',
      '2',
      '2',
      '3',
    ]);
  } finally {
    clock.mockRestore();
  }
});

test('a failure is told to all who wait for it, and kept for nobody', async () => {
  let asked = 0;
  const price = sharedPrice(async () => {
    asked += 1;
    if (asked === 1) throw new Error('no answer');
    return answer(asked);
  }, 500);
  const first = await Promise.allSettled([price('BTC/USDT'), price('BTC/USDT')]);
  expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await price('BTC/USDT')).toEqual(answer(2));
});
