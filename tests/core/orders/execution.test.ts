import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resumeExecution, stepExecution } from '../../../core/orders/execution.ts';
import type { ExecutionCommand, ExecutionState, ExecutionStep } from '../../../core/orders/execution-types.ts';
import type { OrderState } from '../../../core/orders/types.ts';
import type { OrderRecord } from '../../../core/ports/order-store.ts';
import {
  orderOf,
  idOfNumber,
  recordOf,
  grantOf,
  tell,
  stored,
  reserved,
  priced,
  cancel,
  sent,
  read,
  followed,
  cancelAnswered,
  types,
  begin,
  rest,
  told,
  refusedOf,
  same,
  filled,
  type Event,
  type Told,
} from './execution-fixtures.ts';
import { noonMs } from '../../contracts/order-fixtures.ts';

describe('one intent, from its decision to its end (orders.md 3)', () => {
  test('is stored before anything else, under the id of what decided it', () => {
    const { commands } = begin();
    expect(commands).toEqual([
      {
        type: 'storeIntent',
        intent: { ...orderOf(), clientOrderId: idOfNumber(7), seed: 'rebalance-1/0a1b', leg: '1', intentNumber: 7 },
      },
    ]);
  });

  test('reserves, is held against a price, is submitted with its grant, followed, and told to the guard', () => {
    const steps: readonly (readonly [Event, string])[] = [
      [stored, 'reserve'],
      [reserved, 'checkPrice'],
      [priced, 'submit'],
      [sent('accepted'), 'follow'],
      [followed('filled', filled), 'end'],
      [told, 'finish'],
    ];
    let at: Told = begin();
    for (const [event, command] of steps) {
      at = tell(at, event);
      expect(types(at)).toEqual([command]);
    }
    expect(at.commands).toEqual([
      {
        type: 'finish',
        outcome: {
          kind: 'ended',
          last: { clientOrderId: idOfNumber(7), intentNumber: 7, state: 'filled', executed: '0.03', reason: '' },
          earlier: [],
          nextIntentNumber: 8,
        },
      },
    ]);
    expect(resumeExecution(at.state)).toEqual(at);
  });

  test('is submitted with exactly the grant that it got', () => {
    const submitting = tell(
      begin(),
      stored,
      (intent) => ({ type: 'reserved', grant: grantOf(intent), reduces: true }),
      priced,
    );
    const { intent } = submitting.state;
    expect(submitting.commands).toEqual([{ type: 'submit', intent, grant: grantOf(intent), reduces: true }]);
  });

  test.each<[string, readonly Event[], string]>([
    ['the guard refuses', [stored, () => ({ type: 'refused', reason: 'HALTED: a test' })], 'HALTED: a test'],
    ['the price forbids it', [stored, reserved, () => ({ type: 'priceChecked', refusal: 'too far' })], 'too far'],
    [
      'the mode forbids it',
      [stored, reserved, priced, (intent) => refusedOf(intent, 'mode')],
      'the account’s mode forbids it',
    ],
    [
      'the symbol is halted',
      [stored, reserved, priced, (intent) => refusedOf(intent, 'symbolHalted')],
      'the symbol is halted',
    ],
  ])('where %s it is denied, and ends without being sent', (_, events, reason) => {
    const denying = tell(begin(), ...events);
    expect(denying.commands).toEqual([{ type: 'deny', clientOrderId: idOfNumber(7), reason }]);
    const ended = tell(denying, read('denied', { reason }), told);
    expect(ended.commands).toMatchObject([
      { type: 'finish', outcome: { last: { state: 'denied', executed: '0', reason } } },
    ]);
  });

  test('a denial that lost against a submission is no end: the order is looked for', () => {
    const denying = tell(begin(), stored, () => ({ type: 'refused', reason: 'x' }));
    expect(types(tell(denying, read('submitted')))).toEqual(['resolve']);
  });

  test('a grant that grew too old is asked for anew, five times', () => {
    const tooOld: readonly Event[] = [reserved, priced, (intent) => refusedOf(intent, 'grant')];
    let at = tell(begin(), stored);
    for (let times = 0; times < 5; times += 1) {
      at = tell(at, ...tooOld);
      expect(types(at)).toEqual(['reserve']);
    }
    expect(tell(at, ...tooOld).commands).toEqual([
      { type: 'deny', clientOrderId: idOfNumber(7), reason: 'the guard’s grant was too old each time' },
    ]);
    // Each intent has its own five.
    const successor = tell(at, reserved, priced, sent('unknown'), read('notSent'), told, stored);
    const five = Array.from({ length: 5 }, () => tooOld).flat();
    expect(types(tell(successor, ...five))).toEqual(['reserve']);
    expect(types(tell(successor, ...five, ...tooOld))).toEqual(['deny']);
  });

  test.each<[OrderState, Partial<OrderRecord>, string]>([
    ['initialized', {}, 'reserve'],
    ['submitted', {}, 'resolve'],
    ['unknown', {}, 'resolve'],
    ['accepted', {}, 'follow'],
    ['partiallyFilled', {}, 'follow'],
    ['filled', filled, 'end'],
    ['filled', { venueExecuted: '0.03', appliedExecuted: '0.02' }, 'follow'],
    ['canceled', {}, 'end'],
    ['expired', {}, 'end'],
    ['rejected', {}, 'end'],
    ['denied', {}, 'end'],
    ['notSent', {}, 'end'],
  ])('goes on from where its row stands, whoever brought it there: %s %j', (state, change, command) => {
    expect(types(tell(begin(), same(state, change)))).toEqual([command]);
    const lost: Event = (intent) => ({ type: 'submitted', kind: 'lost', record: recordOf(intent, state, change) });
    expect(types(tell(begin(), stored, reserved, priced, lost))).toEqual([command]);
  });
});

test('an order without a time to rest is followed without a limit', () => {
  expect(rest().commands).toEqual([{ type: 'follow', clientOrderId: idOfNumber(7) }]);
  expect(rest().state.followLimit).toEqual({});
});

describe('what is proven never accepted (orders.md 4)', () => {
  const lost = (from: ExecutionStep): Told =>
    tell(from, stored, reserved, priced, sent('unknown'), read('notSent'), told);

  test('is followed by a new intent with a new number and id, at most three times', () => {
    let at: Told = begin();
    for (let number = 8; number <= 10; number += 1) {
      at = lost(at);
      expect(at.commands).toMatchObject([
        { type: 'storeIntent', intent: { clientOrderId: idOfNumber(number), intentNumber: number } },
      ]);
    }
    at = lost(at);
    expect(at.commands).toMatchObject([
      {
        type: 'finish',
        outcome: {
          last: { intentNumber: 10, state: 'notSent' },
          earlier: [{ intentNumber: 7 }, { intentNumber: 8 }, { intentNumber: 9 }],
          nextIntentNumber: 11,
        },
      },
    ]);
  });

  test('has no successor where the group alone plans anew, or where it was to be canceled', () => {
    expect(types(lost(begin({ replans: 0 })))).toEqual(['finish']);
    const canceled = tell(begin(), stored, reserved, priced, sent('unknown'), cancel, read('notSent'), told);
    expect(types(canceled)).toEqual(['finish']);
    // Even where the wish comes last.
    const late = tell(begin(), stored, reserved, priced, sent('unknown'), read('notSent'), cancel);
    expect(types(tell(late, told))).toEqual(['finish']);
  });

  test('is carried over a continue-as-new with what may still follow', () => {
    const once = lost(begin());
    const carried = JSON.parse(JSON.stringify(once.state)) as ExecutionState;
    expect(resumeExecution(carried)).toEqual(once);
    expect(carried.replansLeft).toBe(2);
  });
});

describe('another content under our id (orders.md 3.1)', () => {
  const changed =
    (state: OrderState, change?: Partial<OrderRecord>): Event =>
    (intent) => ({ type: 'intentStored', kind: 'changed', record: recordOf(intent, state, change) });

  test('never sent, it is denied first', () => {
    const denying = tell(begin(), changed('initialized'));
    expect(denying.commands).toMatchObject([{ type: 'deny', reason: expect.stringContaining('intentChanged') }]);
    const ended = tell(denying, read('denied'), told);
    expect(ended.commands).toMatchObject([{ type: 'finish', outcome: { kind: 'intentChanged', nextIntentNumber: 8 } }]);
  });

  test('resting, it is canceled, and so again until it has ended', () => {
    const resting = tell(begin(), changed('accepted'));
    expect(resting.commands).toMatchObject([
      { type: 'cancel', reason: 'decided again with other content' },
      { type: 'follow', atMostMs: 5_000 },
    ]);
    const again = tell(resting, cancelAnswered('accepted'), followed('accepted', { atMostMs: 5_000 }));
    expect(again.commands).toEqual(resting.commands);
    // After a continue-as-new too, whatever the store says of it then.
    const resumed = tell(resumeExecution(again.state), same('accepted'));
    expect(resumed.commands).toEqual(resting.commands);
  });

  test('never accepted, it has no successor: the caller plans anew from it', () => {
    const ended = tell(begin(), changed('unknown'), read('notSent'), told);
    expect(ended.commands).toMatchObject([
      { type: 'finish', outcome: { kind: 'intentChanged', last: { state: 'notSent' } } },
    ]);
  });
});

test('whoever ends without a row has traded nothing', () => {
  const state = { ...begin().state, phase: 'ending' as const };
  expect(tell({ state, commands: [] }, told).commands).toEqual([
    {
      type: 'finish',
      outcome: {
        kind: 'ended',
        last: { clientOrderId: idOfNumber(7), intentNumber: 7, state: 'initialized', executed: '0', reason: '' },
        earlier: [],
        nextIntentNumber: 8,
      },
    },
  ]);
});

describe('an answer to something older', () => {
  const steps: readonly (readonly [string, Told, Event])[] = [
    ['storing', begin(), reserved],
    ['reserving', tell(begin(), stored), priced],
    ['checkingPrice', tell(begin(), stored, reserved), reserved],
    ['submitting', tell(begin(), stored, reserved, priced), priced],
    ['resolving', tell(begin(), same('unknown')), followed('filled', filled)],
    ['following', tell(begin(), same('accepted')), read('filled', filled)],
    ['following', tell(begin(), same('accepted')), followed('accepted', { untilVenueMs: noonMs })],
    ['following', tell(begin(), same('accepted')), followed('accepted', { atMostMs: 5_000 })],
    ['denying', tell(begin(), stored, () => ({ type: 'refused', reason: 'x' })), stored],
    ['ending', tell(begin(), same('canceled')), followed('canceled')],
    ['ending', tell(begin(), same('canceled')), cancelAnswered('canceled')],
    ['finished', tell(begin(), same('canceled'), told), told],
  ];

  test.each(steps)('changes nothing while it is %s', (phase, before, event) => {
    expect(before.state.phase).toBe(phase);
    expect(tell(before, event)).toEqual({ state: before.state, commands: [] });
  });
});

describe('any order of events', () => {
  const events: readonly Event[] = [
    stored,
    reserved,
    priced,
    told,
    cancel,
    () => ({ type: 'refused', reason: 'x' }),
    (intent) => refusedOf(intent, 'grant'),
    ...(['initialized', 'submitted', 'accepted', 'unknown', 'canceled', 'notSent'] as const).flatMap((state) => [
      sent(state),
      read(state),
      cancelAnswered(state),
      followed(state),
      followed(state, { atMostMs: 5_000 }),
    ]),
  ];

  test('sends nothing before it is stored, reserved and priced, at most one cancel at a time, and uses no id twice', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 60 }), (some) => {
        let at: Told = begin();
        const given: ExecutionCommand[] = [...at.commands];
        let unanswered = 0;
        for (const event of some) {
          const happened = event(at.state.intent);
          if (happened.type === 'cancelAnswered') unanswered = 0;
          at = stepExecution(at.state, happened);
          given.push(...at.commands);
          unanswered += types(at).filter((type) => type === 'cancel').length;
          expect(unanswered).toBeLessThanOrEqual(1);
        }
        const stores = given.flatMap((each) => (each.type === 'storeIntent' ? [each.intent.intentNumber] : []));
        expect(stores).toEqual(stores.map((_, place) => 7 + place));
        expect(stores.length).toBeLessThanOrEqual(4);
        const submits = given.flatMap((each) => (each.type === 'submit' ? [each] : []));
        expect(submits.every(({ intent, grant }) => grant.clientOrderId === intent.clientOrderId)).toBe(true);
        expect(given.filter(({ type }) => type === 'finish').length).toBeLessThanOrEqual(1);
        const order = given.map(({ type }) => type).filter((type) => /reserve|checkPrice|submit/.test(type));
        expect(order.every((type, place) => type !== 'submit' || order[place - 1] === 'checkPrice')).toBe(true);
        expect(order.every((type, place) => type !== 'checkPrice' || order[place - 1] === 'reserve')).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
