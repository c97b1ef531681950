import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSettled, isTerminal, type OrderEvent, stepOrder } from '../../../core/orders/order-machine.ts';
import {
  orderStates,
  terminalStates,
  type Fill,
  type OrderState,
  type VenueOrder,
} from '../../../core/orders/types.ts';
import type { OrderRecord } from '../../../core/ports/order-store.ts';
import { fillOf, intentOf, noonMs, symbol } from '../../contracts/order-fixtures.ts';
import { market, recordOf, seen, tell } from './order-machine-fixtures.ts';

const life: readonly OrderEvent[] = [
  { type: 'answerLost', reason: 'socket hang up' },
  { type: 'sighted', order: seen('accepted', '0'), fills: [] },
  { type: 'filled', fills: [fillOf('1')] },
  { type: 'sighted', order: seen('partiallyFilled', '0.02'), fills: [fillOf('1'), fillOf('2')] },
  { type: 'filled', fills: [fillOf('3')] },
  { type: 'sighted', order: seen('filled', '0.03'), fills: [] },
];

describe('the order machine', () => {
  test('any order of events, each any number of times, ends the same', () => {
    const told = fc.shuffledSubarray([...life, ...life, ...life], { minLength: 18, maxLength: 18 });
    fc.assert(
      fc.property(told, (events) => {
        const { record, fills } = tell(recordOf('submitted'), events);
        expect([record.state, record.appliedExecuted, record.venueExecuted]).toEqual(['filled', '0.03', '0.03']);
        expect(fills.map(({ tradeId }) => tradeId).toSorted()).toEqual(['1', '2', '3']);
      }),
    );
  });

  test.each(['canceled', 'expired'] as const)('so does one that is %s with a part of it filled', (end) => {
    const half: readonly OrderEvent[] = [
      ...life.slice(0, 4),
      { type: 'sighted', order: seen(end, '0.02'), fills: [] },
      { type: 'rejected', reason: 'a duplicate of what was accepted' },
      { type: 'provenAbsent', reason: 'not found' },
    ];
    // What is first is not a refusal or a proof: those would be the truth then, and the rest the surprise.
    const told = fc.shuffledSubarray([...half, ...half], { minLength: 14, maxLength: 14 });
    fc.assert(
      fc.property(told, (events) => {
        const { record, fills } = tell(recordOf('accepted', { venueOrderId: '9001' }), events);
        expect([record.state, record.appliedExecuted, record.venueExecuted]).toEqual([end, '0.02', '0.02']);
        expect(fills.map(({ tradeId }) => tradeId).toSorted()).toEqual(['1', '2']);
        expect(isSettled(record)).toBe(true);
      }),
    );
  });

  test('a fill after it was filled whole is too much: booked, with an alert, and the symbol is halted', () => {
    const filled = recordOf('filled', { venueOrderId: '9001', venueExecuted: '0.03', appliedExecuted: '0.03' });
    const event: OrderEvent = { type: 'filled', fills: [fillOf('4')] };
    const { record, alerts } = tell(filled, [event]);
    expect([record.state, record.appliedExecuted, record.venueExecuted]).toEqual(['filled', '0.04', '0.04']);
    expect(alerts.map(({ severity, text }) => `${severity} ${text}`)).toEqual([
      'RED late fill 4 after filled: applied',
      'BLACK overfilled: 0.04 of 0.03; booked, it is real',
    ]);
  });

  test('a fill that the venue had announced before the end is none to be alarmed at', () => {
    const filled = recordOf('filled', { venueOrderId: '9001', venueExecuted: '0.03', appliedExecuted: '0.02' });
    expect(isSettled(filled)).toBe(false);
    const { record, alerts } = tell(filled, [{ type: 'filled', fills: [fillOf('3')] }]);
    expect([record.state, isSettled(record), alerts]).toEqual(['filled', true, []]);
  });

  const proof: OrderEvent = { type: 'provenAbsent', reason: 'not found three times' };

  test.each<[string, OrderState, Partial<OrderRecord>]>([
    ['with an id of the venue', 'submitted', { venueOrderId: '9001' }],
    ['with an id of the venue', 'unknown', { venueOrderId: '9001' }],
    ['with a fill', 'submitted', { venueExecuted: '0.01', appliedExecuted: '0.01' }],
    ['with a fill', 'unknown', { venueExecuted: '0.01', appliedExecuted: '0.01' }],
  ])('what was seen %s, but is %s, is not proven absent', (_, from, change) => {
    const { record, alerts } = tell(recordOf(from, change), [proof, proof]);
    expect([record.state, record.version]).toEqual([from, 2]);
    expect(alerts).toEqual([expect.objectContaining({ severity: 'RED', text: expect.stringContaining('stays open') })]);
  });

  test.each(orderStates.filter((state) => state !== 'submitted' && state !== 'unknown'))(
    'a proof of absence says nothing of what is %s',
    (state) => expect(tell(recordOf(state), [proof]).record).toEqual(recordOf(state)),
  );

  const surprises: readonly (readonly [string, OrderRecord, OrderEvent, string])[] = [
    [
      'doubled',
      recordOf('accepted', { venueOrderId: '9000' }),
      { type: 'sighted', order: seen('accepted', '0'), fills: [] },
      'BLACK doubled: the venue has it as 9000 and as 9001',
    ],
    ...(['denied', 'rejected', 'notSent'] as const).map(
      (state) =>
        [
          `undead after ${state}`,
          recordOf(state),
          { type: 'sighted', order: seen('accepted', '0'), fills: [] },
          `BLACK ${state} by our record, but the venue shows it: cancel it`,
        ] as const,
    ),
    [
      'the other side',
      recordOf('submitted'),
      { type: 'sighted', order: seen('accepted', '0', { side: 'sell' }), fills: [] },
      'RED the venue shows sell limit, we decided buy limit',
    ],
    [
      'another type, ended when it was first seen',
      recordOf('submitted'),
      { type: 'sighted', order: seen('canceled', '0', { type: 'market' }), fills: [] },
      'RED the venue shows buy market, we decided buy limit',
    ],
    [
      'a store that is behind',
      recordOf('initialized'),
      { type: 'sighted', order: seen('canceled', '0'), fills: [] },
      'RED the venue shows what our store never submitted: was it restored?',
    ],
    [
      'rejected after it was accepted',
      recordOf('partiallyFilled', { venueOrderId: '9001' }),
      { type: 'sighted', order: seen('rejected', '0'), fills: [] },
      'RED partiallyFilled, and the venue says rejected (rejected by the venue): first kept',
    ],
    [
      'a trade of a second order under our id',
      recordOf('accepted', { venueOrderId: '9000' }),
      { type: 'filled', fills: [fillOf('1')] },
      'BLACK doubled: the venue has it as 9000 and as 9001',
    ],
    [
      'a trade on the other side',
      recordOf('accepted', { venueOrderId: '9001' }),
      { type: 'filled', fills: [fillOf('1', { side: 'sell' })] },
      'BLACK trade 1 is on the other side: booked, it is real',
    ],
  ];

  test.each(surprises)('%s: one alert, and the same again changes nothing', (_, before, event, alert) => {
    const once = tell(before, [event]);
    expect(once.alerts.map(({ severity, text }) => `${severity} ${text}`)).toEqual([alert]);
    expect(tell(before, [event, event, event])).toEqual(once);
  });

  test.each(surprises.filter(([name]) => /doubled|undead|other|another/.test(name)))(
    '%s: the symbol is halted in the same step, and not again when a person has resumed it',
    (_, before, event) => {
      const context = { atMs: noonMs, market, knownFills: [], ledgerDecimals: 8 };
      const change = stepOrder(before, event, context);
      expect(change?.haltSymbol).toBe(change?.alerts[0]?.text);
      const knownAlerts = change?.alerts.map(({ key }) => key) ?? [];
      expect(stepOrder(before, event, { ...context, knownAlerts })?.haltSymbol).toBeUndefined();
    },
  );

  test('a trade that a venue tells without its order is taken as it comes', () => {
    const before = recordOf('accepted', { venueOrderId: '9001' });
    const { record, alerts } = tell(before, [{ type: 'filled', fills: [fillOf('1', { venueOrderId: '' })] }]);
    expect([record.venueOrderId, record.appliedExecuted, alerts]).toEqual(['9001', '0.01', []]);
    expect(
      tell(recordOf('unknown'), [{ type: 'filled', fills: [fillOf('1', { venueOrderId: '' })] }]).record,
    ).toMatchObject({
      state: 'partiallyFilled',
      appliedExecuted: '0.01',
    });
  });

  test('a stop that woke as a market order under another id is the same order', () => {
    const stop = { ...intentOf('machine'), type: 'stopMarket', stopPrice: '60000' } as const;
    const before = recordOf('accepted', { intent: stop, venueOrderId: 'algo-1' });
    const woken = seen('filled', '0.03', { type: 'market' });
    const { record, alerts } = tell(before, [{ type: 'sighted', order: woken, fills: [] }]);
    expect([record.state, record.venueOrderId, alerts]).toEqual(['filled', 'algo-1', []]);
  });

  test('an order rejected by the venue while its fate was unknown has ended; with a fill applied it has not', () => {
    const rejected: OrderEvent = { type: 'sighted', order: seen('rejected', '0'), fills: [] };
    expect(tell(recordOf('unknown'), [rejected]).record).toMatchObject({ state: 'rejected' });
    const filled = recordOf('unknown', { appliedExecuted: '0.01', venueExecuted: '0.01' });
    expect(tell(filled, [{ type: 'rejected', reason: 'x' }]).record.state).toBe('unknown');
  });

  test('fills that add up to the order end it, also where no status ever says so', () => {
    const fills = [fillOf('1'), fillOf('2')];
    expect(tell(recordOf('accepted'), [{ type: 'filled', fills }]).record.state).toBe('partiallyFilled');
    expect(tell(recordOf('accepted'), [{ type: 'filled', fills: [...fills, fillOf('3')] }]).record.state).toBe(
      'filled',
    );
  });

  test.each<[OrderState, VenueOrder['state'], OrderState, string]>([
    ['submitted', 'accepted', 'accepted', ''],
    ['unknown', 'accepted', 'accepted', ''],
    ['partiallyFilled', 'accepted', 'partiallyFilled', 'as it was'],
    ['accepted', 'partiallyFilled', 'partiallyFilled', ''],
    ['accepted', 'filled', 'filled', ''],
    ['unknown', 'canceled', 'canceled', 'canceled at the venue'],
    ['partiallyFilled', 'expired', 'expired', 'expired at the venue'],
  ])('%s, and the venue shows %s: %s', (...[from, shown, to, reason]) => {
    const { record } = tell(recordOf(from, { reason: 'as it was' }), [
      { type: 'sighted', order: seen(shown, '0'), fills: [] },
    ]);
    expect([record.state, record.reason, record.venueOrderId]).toEqual([to, reason, '9001']);
  });

  test.each<[OrderState, Partial<OrderRecord>, number]>([
    ['canceled', { venueOrderId: '9001' }, 1],
    ['filled', { venueOrderId: '9001' }, 1],
    ['rejected', { venueOrderId: '9001' }, 0],
    ['accepted', {}, 0],
    ['notSent', {}, 0],
    ['unknown', { venueOrderId: '9001', venueExecuted: '0.01', appliedExecuted: '0.01' }, 0],
  ])('%s %j, and a refusal comes: first kept, an alert where the venue had shown it', (state, change, count) => {
    const { record, alerts } = tell(recordOf(state, change), [{ type: 'rejected', reason: 'late' }]);
    expect([record.state, alerts.length]).toEqual([state, count]);
  });

  /** orders.md 7: 3 : 1 of the larger side share what goes out; the seller's part crossed inside. */
  test('a fill of a netted group is shared among the books that it is for', () => {
    const group = {
      groupId: 'group-1',
      account: 'binance-main',
      symbol,
      members: [
        { book: 'STR-001', side: 'buy', amount: '0.03', intentId: 'a' },
        { book: 'STR-002', side: 'buy', amount: '0.01', intentId: 'b' },
        { book: 'STR-003', side: 'sell', amount: '0.01', intentId: 'c' },
      ],
      atMs: noonMs,
    } as const;
    const before = recordOf('accepted', { intent: intentOf('machine', { book: 'group-1' }), venueOrderId: '9001' });
    const { entries } = tell(before, [{ type: 'filled', fills: [fillOf('1', { amount: '0.01' })] }], { group });
    const got = entries.filter(({ ledgerAccount, asset, amount }) => {
      return ledgerAccount === 'assets' && asset === 'BTC' && !amount.startsWith('-');
    });
    expect(got.map(({ book, amount }) => `${book} ${amount}`)).toEqual(['STR-001 0.0075', 'STR-002 0.0025']);
  });

  test('is total: no event in any state throws, and what has ended stays as it ended', () => {
    const events: readonly OrderEvent[] = [
      ...life,
      { type: 'sighted', order: seen('rejected', '0'), fills: [] },
      { type: 'sighted', order: seen('expired', '0.01'), fills: [fillOf('9', { side: 'sell' })] },
      { type: 'rejected', reason: 'x' },
      { type: 'denied', reason: 'x' },
      proof,
    ];
    const states = fc.constantFrom(...orderStates);
    const told = fc.array(fc.constantFrom(...events), { maxLength: 12 });
    fc.assert(
      fc.property(states, told, (from, some) => {
        const { record, fills } = tell(recordOf(from), some);
        expect(!isTerminal(from) || record.state === from).toBe(true);
        expect(record.state === 'initialized' && fills.length > 0).toBe(false);
        expect(new Set(fills.map(({ tradeId }) => tradeId)).size).toBe(fills.length);
        expect(tell(record, some.length === 0 ? [] : [{ type: 'filled', fills }], { knownFills: fills }).fills).toEqual(
          [],
        );
      }),
    );
  });

  test.each(terminalStates.filter((state) => state !== 'filled'))(
    'a fill after %s is booked, with an alert',
    (state) => {
      const { record, alerts, entries } = tell(recordOf(state), [{ type: 'filled', fills: [fillOf('1')] }]);
      expect([record.state, record.appliedExecuted]).toEqual([state, '0.01']);
      expect(entries.length).toBeGreaterThan(0);
      expect(alerts.map(({ text }) => text).join()).toContain('late fill 1');
    },
  );

  test('a known trade with other numbers: the first is kept, with an alert', () => {
    const { fills, alerts } = tell(recordOf('accepted'), [
      { type: 'filled', fills: [fillOf('1')] },
      { type: 'filled', fills: [fillOf('1', { price: '1.00' })] },
    ]);
    expect(fills).toEqual([fillOf('1')]);
    expect(alerts.map(({ key }) => key).join()).toContain('otherNumbers:1');
  });

  test('a known trade whose numbers are written otherwise, or whose fee of nothing is in another asset, is the same', () => {
    const first = fillOf('1', { fee: '0', feeAsset: 'BTC' });
    const again = { ...first, amount: '0.0100', price: '64123.1', feeAsset: 'BNB' };
    const told = tell(recordOf('accepted'), [{ type: 'filled', fills: [first] }]);
    const events: OrderEvent[] = [
      { type: 'filled', fills: [first] },
      { type: 'filled', fills: [again, first] },
    ];
    expect(tell(recordOf('accepted'), events)).toEqual(told);
  });

  test.each<Partial<Fill>>([
    { side: 'sell' },
    { amount: '0.02' },
    { quoteAmount: '1' },
    { fee: '0.1' },
    { feeAsset: 'BNB' },
  ])('a known trade with another %j is noticed', (change) => {
    const events: OrderEvent[] = [{ type: 'filled', fills: [fillOf('1'), fillOf('1', change)] }];
    const { alerts, record } = tell(recordOf('accepted'), events);
    expect([record.appliedExecuted, alerts.map(({ key }) => key.split(':').at(-2))]).toEqual([
      '0.01',
      ['otherNumbers'],
    ]);
  });

  test('more than was ordered is booked, and the symbol halted in the same step', () => {
    const record = recordOf('accepted', { venueOrderId: '9001' });
    const change = stepOrder(
      record,
      { type: 'filled', fills: [fillOf('1', { amount: '0.04' })] },
      { atMs: noonMs, market, knownFills: [], ledgerDecimals: 8 },
    );
    expect(change).toMatchObject({
      state: 'filled',
      appliedExecuted: '0.04',
      haltSymbol: expect.stringMatching(/overfilled/),
    });
  });

  describe('adopted, and shown nowhere any more', () => {
    const gone: OrderEvent = { type: 'gone', reason: 'adopted, closed at the venue' };
    const adopted = (state: OrderState, venueExecuted: string, appliedExecuted: string) =>
      recordOf(state, { venueOrderId: '9001', venueExecuted, appliedExecuted });

    test.each<[OrderState, string, string, OrderState]>([
      ['accepted', '0', '0', 'canceled'],
      ['partiallyFilled', '0.01', '0.01', 'canceled'],
      ['partiallyFilled', '0.02', '0.01', 'canceled'],
      ['filled', '0.03', '0.01', 'filled'],
    ])('%s with %s executed, %s of it applied: ends as %s, and is settled', (from, executed, applied, to) => {
      const { record, entries } = tell(adopted(from, executed, applied), [gone]);
      expect([record.state, record.venueExecuted, record.appliedExecuted]).toEqual([to, applied, applied]);
      expect([isSettled(record), entries]).toEqual([true, []]);
    });

    test('a fill of it that comes after all is booked', () => {
      const { record, alerts } = tell(adopted('accepted', '0', '0'), [gone, { type: 'filled', fills: [fillOf('1')] }]);
      expect([record.state, record.appliedExecuted, isSettled(record)]).toEqual(['canceled', '0.01', true]);
      expect(alerts.map(({ text }) => text)).toEqual(['late fill 1 after canceled: applied']);
    });

    test.each<OrderState>(['initialized', 'submitted', 'unknown'])('%s: says nothing of it', (state) => {
      expect(tell(recordOf(state), [gone]).record).toEqual(recordOf(state));
    });
  });

  test('a second id of the venue under ours is a doubled order', () => {
    const record = recordOf('accepted', { venueOrderId: '9000' });
    const { alerts } = tell(record, [{ type: 'sighted', order: seen('accepted', '0'), fills: [] }]);
    expect(alerts).toEqual([expect.objectContaining({ severity: 'BLACK', text: expect.stringContaining('doubled') })]);
  });

  test.each<[string, OrderState, OrderEvent, OrderState]>([
    ['no answer', 'submitted', { type: 'answerLost', reason: 'x' }, 'unknown'],
    ['no answer, long known', 'accepted', { type: 'answerLost', reason: 'x' }, 'accepted'],
    ['proven absent', 'unknown', { type: 'provenAbsent', reason: 'x' }, 'notSent'],
    ['proven absent after it was seen', 'accepted', { type: 'provenAbsent', reason: 'x' }, 'accepted'],
    ['refused by the venue', 'submitted', { type: 'rejected', reason: 'x' }, 'rejected'],
    ['refused after it was seen', 'accepted', { type: 'rejected', reason: 'x' }, 'accepted'],
    ['denied before it was sent', 'initialized', { type: 'denied', reason: 'x' }, 'denied'],
    ['denied after it was sent', 'submitted', { type: 'denied', reason: 'x' }, 'submitted'],
    ['canceled at the venue', 'accepted', { type: 'sighted', order: seen('canceled', '0'), fills: [] }, 'canceled'],
  ])('%s', (_, from, event, to) => {
    const known = from === 'accepted' ? { venueOrderId: '9001' } : {};
    expect(tell(recordOf(from, known), [event]).record.state).toBe(to);
  });
});
