import { expect, test } from 'vitest';
import { createClockWatch } from '../../../activities/orders/tell-clock.ts';
import { account, failing, openDesk } from '../../core/order-desk/desk-fixtures.ts';

/** A watch whose host's clock is so much ahead of the venue's. */
function stand() {
  const { desk, exchange, store, run } = openDesk();
  let aheadMs = 0;
  const watch = createClockWatch({ ...desk, nowMs: () => desk.nowMs() + aheadMs });
  return {
    desk,
    exchange,
    look: async (ms: number) => {
      aheadMs = ms;
      await run(watch());
      return (await store.alerts({ account })).map(({ severity, text }) => `${severity} ${text}`);
    },
    wait: () => run(desk.pause(1_000)),
  };
}

test('a host’s clock that is more than a second off raises one alert, and says which way', async () => {
  const { look, wait } = stand();
  expect(await look(1_000)).toEqual([]);
  expect(await look(-1_000)).toEqual([]);
  const [told] = await look(7_200_000);
  expect(told).toMatch(/^YELLOW this machine’s clock is 7200000 ms ahead of the venue’s: orders go by the venue’s/);
  expect(await look(7_200_500)).toHaveLength(1);
  expect(await look(800)).toHaveLength(1); // not back yet
  expect(await look(1_200)).toHaveLength(1);
  expect(await look(0)).toHaveLength(1);
  await wait();
  expect((await look(-1_500))[0]).toContain('1500 ms behind');
});

test('a venue that does not tell its time says nothing of ours', async () => {
  const { desk, exchange } = stand();
  const silent = failing(exchange, { venueTimeMs: 1 });
  await expect(createClockWatch({ ...desk, exchange: silent })()).rejects.toMatchObject({ code: 'NotReachable' });
  expect(await desk.orders.alerts({ account })).toEqual([]);
});
