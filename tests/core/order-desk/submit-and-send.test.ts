import { describe, expect, test } from 'vitest';
import { submitAndSend } from '../../../core/order-desk/submit-and-send.ts';
import type { Exchange } from '../../../core/ports/exchange.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import {
  account,
  counted,
  failing,
  failureOf,
  limitOrder,
  losingAnswers,
  losingRequests,
  marketOrder,
  openDesk,
  symbol,
  type TestDesk,
} from './desk-fixtures.ts';

/** Sends what is stored under a name, with a grant of so long ago. */
const sendAgain = (desk: TestDesk, name: string, through: Exchange = desk.exchange, ageMs = 0) => {
  const grant = desk.grantNow(idOf(name));
  const submittal = {
    clientOrderId: idOf(name),
    grant: { ...grant, grantedMs: grant.grantedMs - ageMs },
    reduces: false,
  };
  return desk.run(submitAndSend({ ...desk.desk, exchange: through }, submittal));
};

describe('who wins the compare-and-set sends, once, with what was written (orders.md 3.2)', () => {
  test('the row has timestamp and deadline in venue time, and the request the same', async () => {
    const desk = openDesk();
    const { kind, record } = await desk.send(limitOrder('a', '90'));
    expect(kind).toBe('sent');
    expect(record).toMatchObject({ state: 'accepted', venueOrderId: desk.venue.accepted[0]?.venueOrderId });
    const { timestampMs, deadlineMs } = record.submission ?? { timestampMs: NaN, deadlineMs: NaN };
    expect(deadlineMs).toBe(timestampMs + desk.exchange.traits.receiveWindowMs);
    expect(desk.sent).toEqual([{ clientOrderId: idOf('a'), timestampMs, deadlineMs }]);
  });

  test('an order that fills at once comes back with its fills applied', async () => {
    const desk = openDesk();
    const { record } = await desk.send(marketOrder('a'));
    expect(record).toMatchObject({ state: 'filled', venueExecuted: '1', appliedExecuted: '1' });
    expect(await desk.store.fills({ clientOrderId: idOf('a') })).toHaveLength(desk.venue.fills.length);
  });

  test.each(['submitted', 'accepted', 'unknown', 'denied'])('who comes later only looks: %s', async (state) => {
    const desk = openDesk();
    if (state === 'denied') {
      await desk.put(limitOrder('a', '90'));
      await desk.store.deny(idOf('a'), 'by hand', desk.nowMs());
    } else if (state === 'submitted') {
      await desk.put(limitOrder('a', '90'));
      const nowMs = desk.nowMs();
      const submission = { timestampMs: nowMs, deadlineMs: nowMs + 5_000 };
      const grant = desk.grantNow(idOf('a'));
      await desk.store.submitOnce(
        { clientOrderId: idOf('a'), grant, reduces: false, submission, venueMs: nowMs },
        nowMs,
      );
    } else await desk.send(limitOrder('a', '90'), state === 'unknown' ? losingAnswers(desk.exchange) : desk.exchange);
    const sentBefore = desk.sent.length;
    const { exchange, calls } = counted(desk.exchange);
    expect(await sendAgain(desk, 'a', exchange)).toMatchObject({ kind: 'lost', record: { state } });
    expect(desk.sent).toHaveLength(sentBefore);
    expect(calls.payToSend).toBeUndefined();
  });

  test('two at once: one request', async () => {
    const desk = openDesk();
    await desk.put(limitOrder('a', '90'));
    const results = await Promise.all([sendAgain(desk, 'a'), sendAgain(desk, 'a')]);
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['lost', 'sent']);
    expect(desk.venue.accepted).toHaveLength(1);
  });

  test('an id that was never stored is nobody’s', async () => {
    const desk = openDesk();
    await expect(sendAgain(desk, 'nobody')).rejects.toMatchObject({
      code: 'NotFound',
      place: { found: idOf('nobody') },
    });
    expect(desk.sent).toEqual([]);
  });
});

describe('what forbids the submission leaves the intent as it was (orders.md 3.2, 6)', () => {
  test.each<[string, (desk: TestDesk) => Promise<unknown>]>([
    [
      'mode',
      ({ store, nowMs }) => store.setMode(account, 'HALTED', { reason: 'x', by: 'me', person: true }, 1, nowMs()),
    ],
    [
      'mode',
      ({ store, nowMs }) => store.setMode(account, 'REDUCING', { reason: 'x', by: 'me', person: true }, 1, nowMs()),
    ],
    ['symbolHalted', ({ store, nowMs }) => store.haltSymbol(account, symbol, 'stale price', nowMs())],
    ['grant', ({ wait }) => wait(5_001)],
  ])('%s', async (why, meanwhile) => {
    const desk = openDesk();
    await desk.put(limitOrder('a', '90'));
    const grant = desk.grantNow(idOf('a'));
    await meanwhile(desk);
    const submittal = { clientOrderId: idOf('a'), grant, reduces: false };
    const { exchange, calls } = counted(desk.exchange);
    const refused = await desk.run(submitAndSend({ ...desk.desk, exchange }, submittal));
    expect(refused).toMatchObject({ kind: 'refused', why });
    expect(calls.findOrder).toBeUndefined();
    expect(desk.sent).toEqual([]);
    expect(await desk.row('a')).toMatchObject({ state: 'initialized', version: 1 });
  });

  test('what reduces goes out while the account is REDUCING', async () => {
    const desk = openDesk();
    await desk.store.setMode(account, 'REDUCING', { reason: 'x', by: 'me', person: true }, 1, desk.nowMs());
    await desk.put(limitOrder('a', '90'));
    const submittal = { clientOrderId: idOf('a'), grant: desk.grantNow(idOf('a')), reduces: true };
    expect(await desk.run(submitAndSend(desk.desk, submittal))).toMatchObject({ kind: 'sent' });
  });

  test('no room in the venue’s rates: nothing is submitted, and the next attempt may', async () => {
    const desk = openDesk();
    await desk.put(limitOrder('a', '90'));
    const full = failing(desk.exchange, { payToSend: 1 }, failureOf('rateLimited', '-1003', 'too many'));
    await expect(sendAgain(desk, 'a', full)).rejects.toMatchObject({
      code: 'RateLimited',
      message: 'too many (-1003)',
    });
    expect(await desk.row('a')).toMatchObject({ state: 'initialized' });
    expect(await sendAgain(desk, 'a', full)).toMatchObject({ kind: 'sent' });
  });

  test('a venue whose clock cannot be read gets nothing', async () => {
    const desk = openDesk();
    await desk.put(limitOrder('a', '90'));
    await expect(sendAgain(desk, 'a', failing(desk.exchange, { venueTimeMs: 1 }))).rejects.toMatchObject({
      code: 'NotReachable',
    });
    expect(await desk.row('a')).toMatchObject({ state: 'initialized' });
    expect(desk.sent).toEqual([]);
  });
});

describe('what an answer proves (orders.md 5)', () => {
  test('a lost answer: unknown, and the venue may have it', async () => {
    const desk = openDesk();
    const { kind, record } = await desk.send(limitOrder('a', '90'), losingAnswers(desk.exchange));
    expect(kind).toBe('sent');
    expect(record).toMatchObject({ state: 'unknown', reason: 'unknown: timed out' });
    expect(desk.venue.accepted).toHaveLength(1);
  });

  test('a lost request: unknown as well, nobody can tell them apart', async () => {
    const desk = openDesk();
    const { record } = await desk.send(limitOrder('a', '90'), losingRequests(desk.exchange));
    expect(record).toMatchObject({ state: 'unknown', reason: 'unknown: timed out' });
    expect(desk.venue.accepted).toEqual([]);
  });

  test.each(['rateLimited', 'notReachable', 'badCredentials', 'maintenance', 'unknownOrder', 'unknown'] as const)(
    '%s is no proof that it was not taken',
    async (kind) => {
      const desk = openDesk();
      const failure = { kind, code: '-1', message: 'no' };
      const exchange = { ...desk.exchange, createOrder: () => Promise.resolve({ kind: 'failed', failure } as const) };
      const { record } = await desk.send(limitOrder('a', '90'), exchange);
      expect(record).toMatchObject({ state: 'unknown', reason: `${kind}: -1: no` });
    },
  );

  test('a refusal in the venue’s own words ends it', async () => {
    const desk = openDesk();
    const { record } = await desk.send(limitOrder('a', '90', { amount: '1000000' }));
    expect(record).toMatchObject({ state: 'rejected', venueExecuted: '0' });
    expect(record.reason).toMatch(/^.+: refused$/);
    expect(desk.sent).toHaveLength(1);
  });

  test('a sender that slept past its deadline is refused, which does not say what became of an earlier copy', async () => {
    const desk = openDesk();
    const slow: Exchange = {
      ...desk.exchange,
      createOrder: async (intent, submission) => {
        await desk.desk.pause(5_001);
        return desk.exchange.createOrder(intent, submission);
      },
    };
    const { record } = await desk.send(limitOrder('a', '90'), slow);
    expect(record).toMatchObject({ state: 'unknown', reason: 'unknown: deadline: refused' });
    expect(desk.venue.accepted).toEqual([]);
  });
});

describe('after a restore from a backup (orders.md 3.1)', () => {
  /** Sent, and then forgotten by the store; a person has ended the halt when looks prove something. */
  async function restored(name: string, sends: boolean) {
    const desk = openDesk();
    const intent = limitOrder(name, '90');
    const submission = { timestampMs: desk.nowMs(), deadlineMs: desk.nowMs() + 5_000 };
    if (sends) await desk.run(desk.exchange.createOrder(intent, submission));
    const venue = { venueMs: desk.nowMs(), receiveWindowMs: 5_000, settleMs: 5_000 };
    await desk.store.afterRestore(account, 'me', venue, desk.nowMs());
    await desk.wait(10_001);
    await desk.store.setMode(
      account,
      'ACTIVE',
      { reason: 'looked', by: 'me', person: true },
      desk.nowMs(),
      desk.nowMs(),
    );
    await desk.put(intent);
    return desk;
  }

  test('what was sent before is found and taken over, not sent again', async () => {
    const desk = await restored('a', true);
    expect(desk.venue.accepted).toHaveLength(1);
    const { kind, record } = await sendAgain(desk, 'a');
    expect(kind).toBe('lost');
    expect(record).toMatchObject({ state: 'accepted', venueOrderId: desk.venue.accepted[0]?.venueOrderId });
    expect(desk.venue.accepted).toHaveLength(1);
    expect(await desk.store.alerts({ clientOrderId: idOf('a') })).toMatchObject([{ key: `${idOf('a')}:behind` }]);
  });

  test('what was not is sent after a look that found nothing', async () => {
    const desk = await restored('a', false);
    const { exchange, calls } = counted(desk.exchange);
    expect(await sendAgain(desk, 'a', exchange)).toMatchObject({ kind: 'sent', record: { state: 'accepted' } });
    expect(calls).toMatchObject({ findOrder: 1, serverTimeMs: 1, createOrder: 1 });
  });

  test('the look goes a day back: what was filled long before is found by its fills where the venue forgets ids', async () => {
    const desk = await restored('a', false);
    const { exchange, args } = counted(desk.exchange);
    const { createdMs } = await desk.row('a');
    await sendAgain(desk, 'a', exchange);
    expect(args.get('findOrder')?.[0]).toMatchObject({ sinceMs: createdMs - 86_400_000 });
  });

  test.each(['findOrder', 'serverTimeMs'] as const)('without an answer of %s nothing is sent', async (name) => {
    const desk = await restored('a', false);
    const through = failing(desk.exchange, { [name]: 1 });
    await expect(sendAgain(desk, 'a', through)).rejects.toMatchObject({ code: 'NotReachable' });
    expect(desk.sent).toEqual([]);
    expect(await desk.row('a')).toMatchObject({ state: 'initialized' });
    expect(await sendAgain(desk, 'a', through)).toMatchObject({ kind: 'sent' });
  });
});
