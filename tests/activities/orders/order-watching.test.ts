import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { createOrderWatchActivities } from '../../../activities/order-watching.ts';
import { loadOrderSettings } from '../../../config/orders.ts';
import { startLookUp } from '../../../core/orders/look-up.ts';
import type { Exchange } from '../../../core/ports/exchange.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import {
  account,
  counted,
  limitOrder,
  losingRequests,
  openDesk,
  type TestDesk,
} from '../../core/order-desk/desk-fixtures.ts';

const environment = (info: object) => new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });

/** The activities at this venue; a look-up needs no guard. */
function activitiesOf({ store, nowMs }: TestDesk, exchange: Exchange) {
  const none = () => Promise.reject(new Error('nobody is asked but the venue'));
  return createOrderWatchActivities({
    orders: store,
    accounts: { list: () => [], exchange: () => Promise.resolve(exchange), close: () => Promise.resolve() },
    guards: { update: none, view: none, isRunning: none },
    settingsOf: loadOrderSettings,
    nowMs,
  });
}

/** An order that never reached its venue, a minute ago, and what two of the three looks for it have told. */
async function twoLooksMade() {
  const desk = openDesk();
  const { record } = await desk.send(limitOrder('a', '90'), losingRequests(desk.exchange));
  if (record.submission === undefined) throw new Error('it was not submitted');
  await desk.wait(60_000);
  const fresh = startLookUp(record.submission, desk.exchange.traits);
  const lookUp = { ...fresh, early: 3, notFound: 2, lastNotFoundMs: fresh.conclusiveMs + 2_001 };
  return { desk, heartbeatDetails: { looks: 5, failedLooks: 0, lookUp, lastFailure: '' } };
}

test('a look-up that is tried again goes on with the looks that its heartbeats told of', async () => {
  const { desk, heartbeatDetails } = await twoLooksMade();
  const { exchange, calls } = counted(desk.exchange);
  const { resolveUnknown } = activitiesOf(desk, exchange);
  const order = { account, clientOrderId: idOf('a') };
  const found = await desk.run(environment({ attempt: 2, heartbeatDetails }).run(() => resolveUnknown(order)));
  expect(found).toMatchObject({ state: 'notSent' });
  expect(calls.findOrder).toBe(1);
});

test('its own heartbeats keep them, before the first look is over', async () => {
  const { desk, heartbeatDetails } = await twoLooksMade();
  const env = environment({ attempt: 2, heartbeatDetails, heartbeatTimeoutMs: 60 });
  const beat = new Promise<unknown>((resolve) => env.on('heartbeat', resolve));
  const serverTimeMs: Exchange['serverTimeMs'] = async (stop) => {
    await beat;
    return desk.exchange.serverTimeMs(stop);
  };
  const { resolveUnknown } = activitiesOf(desk, { ...desk.exchange, serverTimeMs });
  const order = { account, clientOrderId: idOf('a') };
  const done = env.run(() => resolveUnknown(order));
  expect(await beat).toMatchObject({ lookUp: heartbeatDetails.lookUp });
  expect(await desk.run(done)).toMatchObject({ state: 'notSent' });
});
