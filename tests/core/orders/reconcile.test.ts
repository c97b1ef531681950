import { describe, expect, test } from 'vitest';
import { planReconcile, type ReconcileInput } from '../../../core/orders/reconcile.ts';
import { type OrderState, terminalStates, type VenueOrder } from '../../../core/orders/types.ts';
import type { OrderRecord } from '../../../core/ports/order-store.ts';
import {
  fillOf,
  idOf,
  intentOf,
  noonMs,
  orderRecordOf,
  owner,
  symbol,
  venueOrderOf,
} from '../../contracts/order-fixtures.ts';

const recordOf = (name: string, state: OrderState, change: Partial<OrderRecord> = {}): OrderRecord =>
  orderRecordOf(intentOf(name), state, change);

const plan = (change: Partial<ReconcileInput>) =>
  planReconcile({
    records: [],
    aliveOwners: [],
    openOrders: [],
    fills: [],
    knownFills: [],
    nowMs: noonMs + 59_999,
    ...change,
  });

const clientOrderId = idOf('a');
const shown = (change: Partial<VenueOrder> = {}): VenueOrder =>
  venueOrderOf('9001', { clientOrderId, side: 'buy', amount: '0.03', ...change });

describe('intents that nobody drives (orders.md 8)', () => {
  test('initialized for a minute: denied, and not before', () => {
    const records = [recordOf('a', 'initialized')];
    expect(plan({ records })).toEqual([]);
    expect(plan({ records, nowMs: noonMs + 60_000 })).toEqual([
      { type: 'deny', clientOrderId, reason: 'nobody drives it: never submitted for over a minute' },
    ]);
  });

  test.each<OrderState>(['submitted', 'unknown'])('%s: looked for to the end', (state) => {
    expect(plan({ records: [recordOf('a', state)] })).toEqual([{ type: 'resolve', clientOrderId }]);
  });

  test.each<OrderState>(['initialized', 'submitted', 'unknown'])(
    '%s, but its workflow is alive: left to it',
    (state) => {
      expect(plan({ records: [recordOf('a', state)], aliveOwners: [owner], nowMs: noonMs + 600_000 })).toEqual([]);
    },
  );
});

describe('what nobody drives and rests for too long', () => {
  const submission = { timestampMs: noonMs, deadlineMs: noonMs + 5_000 };
  const resting = (state: OrderState, restMs?: number): OrderRecord => {
    const intent = { ...intentOf('a'), ...(restMs !== undefined && { restMs }) };
    return orderRecordOf(intent, state, { submission, venueOrderId: '9001' });
  };
  const endings = (record: OrderRecord, nowMs: number, aliveOwners: readonly string[] = []) =>
    plan({ records: [record], openOrders: [shown({ state: 'accepted' })], nowMs, aliveOwners }).filter(
      ({ type }) => type === 'endRest',
    );
  const end = { type: 'endRest', clientOrderId, reason: 'nobody drives it, and it rested as long as it may' };

  test.each<OrderState>(['accepted', 'partiallyFilled'])('%s: canceled when its time is over, not before', (state) => {
    expect(endings(resting(state, 30_000), noonMs + 29_999)).toEqual([]);
    expect(endings(resting(state, 30_000), noonMs + 30_000)).toEqual([end]);
  });

  test('one that may rest for good, that a workflow drives or that has ended is left alone', () => {
    const laterMs = noonMs + 365 * 86_400_000;
    expect(endings(resting('accepted'), laterMs)).toEqual([]);
    expect(endings(resting('accepted', 30_000), laterMs, [owner])).toEqual([]);
    for (const state of terminalStates) expect(endings(resting(state, 30_000), laterMs)).toEqual([]);
    expect(endings(resting('unknown', 30_000), laterMs)).toEqual([]);
  });
});

describe('open orders', () => {
  const accepted = recordOf('a', 'accepted', { venueOrderId: '9001' });

  test('one that the venue shows as we know it is no news', () => {
    expect(plan({ records: [accepted], openOrders: [shown()] })).toEqual([]);
  });

  test.each<[string, OrderRecord, VenueOrder]>([
    ['another state', accepted, shown({ state: 'partiallyFilled' })],
    ['more executed', accepted, shown({ executed: '0.01' })],
    ['an id that we did not know', recordOf('a', 'accepted'), shown()],
    ['ours by its own id alone', accepted, shown({ clientOrderId: idOf('of another program'), executed: '0.01' })],
  ])('%s is news', (_, record, order) => {
    expect(plan({ records: [record], openOrders: [order] })).toEqual([{ type: 'sight', clientOrderId, order }]);
  });

  test('one that is no longer listed is looked at, and not concluded from', () => {
    expect(plan({ records: [accepted] })).toEqual([{ type: 'look', clientOrderId }]);
    expect(plan({ records: [accepted], aliveOwners: [owner] })).toEqual([{ type: 'look', clientOrderId }]);
  });

  test.each(terminalStates)('%s by our record but open there: the alarm, and a cancel', (state) => {
    const record = recordOf('a', state, { venueOrderId: '9001' });
    expect(plan({ records: [record], openOrders: [shown()] })).toEqual([
      { type: 'sight', clientOrderId, order: shown() },
      { type: 'cancel', clientOrderId, venueOrderId: '9001', symbol },
    ]);
  });

  test('an adopted one that has ended by our record is canceled where its id is ours, and left alone where it is not', () => {
    const adopted = { venueOrderId: '9001', ownerWorkflowId: '' };
    const ours = recordOf('a', 'canceled', adopted);
    const cancels = (record: OrderRecord, order: VenueOrder) =>
      plan({ records: [record], openOrders: [order] }).filter(({ type }) => type === 'cancel');
    expect(cancels(ours, shown())).toHaveLength(1);
    const intent = { ...ours.intent, clientOrderId: `venue:${ours.intent.account}:binance:${symbol}:9001` };
    const theirs = shown({ clientOrderId: 'web_1' });
    expect(cancels({ ...ours, intent }, theirs)).toEqual([]);
    // One that a person gave to a workflow, or that was sent from here, is ours whatever its id looks like.
    expect(cancels({ ...ours, intent, ownerWorkflowId: owner }, theirs)).toHaveLength(1);
    const submission = { timestampMs: noonMs, deadlineMs: noonMs + 5_000 };
    expect(cancels({ ...ours, intent, submission }, theirs)).toHaveLength(1);
  });

  test('ended with fills missing is looked at; settled is left alone', () => {
    const filled = { venueOrderId: '9001', venueExecuted: '0.03', appliedExecuted: '0.02' };
    expect(plan({ records: [recordOf('a', 'filled', filled)] })).toEqual([{ type: 'look', clientOrderId }]);
    expect(plan({ records: [recordOf('a', 'filled', { ...filled, appliedExecuted: '0.03' })] })).toEqual([]);
  });

  test('those of other programs are adopted, all at once', () => {
    const foreign = [venueOrderOf('1'), venueOrderOf('2', { clientOrderId: 'web_1' })];
    expect(plan({ openOrders: foreign })).toEqual([{ type: 'adopt', orders: foreign, fills: [] }]);
  });

  test('what others have is adopted beside what is news of ours', () => {
    const foreign = venueOrderOf('1');
    const order = shown({ executed: '0.01', state: 'partiallyFilled' });
    expect(plan({ records: [accepted], openOrders: [foreign, order] })).toEqual([
      { type: 'sight', clientOrderId, order },
      { type: 'adopt', orders: [foreign], fills: [] },
    ]);
  });

  test('one that was filled in part and is no longer listed is looked at too', () => {
    const part = recordOf('a', 'partiallyFilled', { venueOrderId: '9001' });
    expect(plan({ records: [part] })).toEqual([{ type: 'look', clientOrderId }]);
  });

  test('the same id of the venue in another market is another order', () => {
    const order = venueOrderOf('9001', { symbol: 'ETH/USDT' });
    expect(plan({ records: [accepted], openOrders: [shown(), order] })).toEqual([
      { type: 'adopt', orders: [order], fills: [] },
    ]);
  });
});

describe('fills', () => {
  const accepted = recordOf('a', 'accepted', { venueOrderId: '9001' });
  const listed = { records: [accepted], openOrders: [shown()] };
  const [one, two] = [fillOf('1'), fillOf('2', { clientOrderId })];

  test('ours go to their order, by the venue’s id or ours; known ones too, for their numbers', () => {
    expect(plan({ ...listed, fills: [one, two], knownFills: [one] })).toEqual([
      { type: 'fill', clientOrderId, fills: [one, two] },
    ]);
  });

  test('foreign ones are adopted once', () => {
    const foreign = fillOf('3', { venueOrderId: 'of another program' });
    expect(plan({ ...listed, fills: [foreign] })).toEqual([{ type: 'adopt', orders: [], fills: [foreign] }]);
    expect(plan({ ...listed, fills: [foreign], knownFills: [foreign] })).toEqual([]);
  });

  test('foreign ones are adopted beside ours', () => {
    const foreign = fillOf('3', { venueOrderId: 'of another program' });
    expect(plan({ ...listed, fills: [foreign, one] })).toEqual([
      { type: 'fill', clientOrderId, fills: [one] },
      { type: 'adopt', orders: [], fills: [foreign] },
    ]);
  });

  describe('without an id that we know', () => {
    const nameless = fillOf('4', { venueOrderId: '77' });
    const waits = (record: OrderRecord, fill = nameless) =>
      plan({ records: [record], aliveOwners: [owner], fills: [fill] });

    test.each<OrderState>(['submitted', 'unknown'])(
      'wait while an order of its side is %s: it may be that one’s',
      (state) => {
        expect(waits(recordOf('a', state))).toEqual([]);
      },
    );

    test('wait for one that may have them, whatever else there is', () => {
      const records = [recordOf('b', 'accepted', { venueOrderId: '9001' }), recordOf('a', 'unknown')];
      const openOrders = [venueOrderOf('9001', { clientOrderId: idOf('b') })];
      expect(plan({ records, openOrders, aliveOwners: [owner], fills: [nameless] })).toEqual([]);
    });

    test.each<[string, OrderRecord, Partial<typeof nameless>]>([
      ['the order has an id of the venue', recordOf('a', 'unknown', { venueOrderId: '9001' }), {}],
      ['the order was never sent', recordOf('a', 'initialized'), {}],
      ['it is of the other side', recordOf('a', 'unknown'), { side: 'sell' }],
      ['it is of another market', recordOf('a', 'unknown'), { symbol: 'ETH/USDT' }],
      ['another program named it', recordOf('a', 'unknown'), { clientOrderId: 'web_1' }],
    ])('are adopted where %s', (_, record, change) => {
      const fill = { ...nameless, ...change };
      expect(waits(record, fill)).toEqual([{ type: 'adopt', orders: [], fills: [fill] }]);
    });
  });
});

describe('a query that failed', () => {
  const records = [recordOf('a', 'accepted', { venueOrderId: '9001' }), recordOf('b', 'unknown')];

  test('is not "nothing there": no order is looked at, adopted or canceled by it', () => {
    const resolve = [{ type: 'resolve', clientOrderId: idOf('b') }];
    expect(plan({ records, openOrders: undefined, fills: undefined })).toEqual(resolve);
    expect(plan({ records, openOrders: undefined, fills: [fillOf('1')] })).toEqual([
      ...resolve,
      { type: 'fill', clientOrderId, fills: [fillOf('1')] },
    ]);
  });

  test('intents come before orders, orders before fills', () => {
    const types = plan({ records, openOrders: [], fills: [fillOf('1')] }).map(({ type }) => type);
    expect(types).toEqual(['resolve', 'look', 'fill']);
  });
});
