import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unitText } from '../../../core/orders/amount.ts';
import {
  accountAfter,
  appliedAfter,
  balancedTransactions,
  checkChange,
  checkFill,
  checkIntent,
  checkSubmit,
  checkText,
  isOrderId,
  longestText,
  newAccount,
  restoredLooksMs,
  sameIntent,
  submitRefusal,
} from '../../../core/orders/store-rules.ts';
import { orderStates, type Fill, type OrderIntent, type OrderState } from '../../../core/orders/types.ts';
import type {
  AccountState,
  LedgerEntry,
  ModeReason,
  OrderChange,
  OrderRecord,
  SubmitRequest,
} from '../../../core/ports/order-store.ts';
import {
  account,
  entriesOf,
  filledBy,
  fillOf,
  idOf,
  intentOf,
  noonMs,
  owner,
  submitOf,
  symbol,
  venue,
} from '../../contracts/order-fixtures.ts';

/** Refused as BadInput at this path. */
const refusedAt = (path: string) =>
  expect.objectContaining({ code: 'BadInput', place: expect.objectContaining({ path }) });

describe('an intent', () => {
  test.each<[string, Partial<OrderIntent>]>([
    ['a limit', {}],
    ['a market order', { type: 'market', price: undefined as never }],
    ['a stop', { type: 'stopMarket', price: undefined as never, stopPrice: '60000' }],
    ['one without a reason', { reason: '' }],
    ['one with the longest reason', { reason: 'x'.repeat(longestText) }],
  ])('%s is taken', (_, change) => expect(() => checkIntent(intentOf('a', change))).not.toThrow());

  test.each<[string, Partial<OrderIntent>, string]>([
    ['an id of 31 digits', { clientOrderId: 'a'.repeat(31) }, 'clientOrderId'],
    ['an id of 33 digits', { clientOrderId: 'a'.repeat(33) }, 'clientOrderId'],
    ['an id in capitals', { clientOrderId: 'A'.repeat(32) }, 'clientOrderId'],
    ['an id with a line after it', { clientOrderId: `${'a'.repeat(32)}\n` }, 'clientOrderId'],
    ['no account', { account: '' }, 'account'],
    ['no symbol', { symbol: '' }, 'symbol'],
    ['no seed', { seed: '' }, 'seed'],
    ['no leg', { leg: '' }, 'leg'],
    ['no book', { book: '' }, 'book'],
    ['too long a book', { book: 'x'.repeat(longestText + 1) }, 'book'],
    ['too long a reason', { reason: 'x'.repeat(longestText + 1) }, 'reason'],
    ['an amount of zero', { amount: '0' }, 'amount'],
    ['an amount below zero', { amount: '-1' }, 'amount'],
    ['an amount that is no text', { amount: 1 as never }, 'amount'],
    ['a limit without a price', { price: undefined as never }, 'price'],
    ['a limit at zero', { price: '0' }, 'price'],
    ['a limit with a stop', { stopPrice: '1' }, 'stopPrice'],
    ['a market order with a price', { type: 'market' }, 'price'],
    ['a stop without its price', { type: 'stopMarket', price: undefined as never }, 'stopPrice'],
    ['no time to rest', { restMs: 0 }, 'restMs'],
    ['half a millisecond of rest', { restMs: 0.5 }, 'restMs'],
    ['half a number', { intentNumber: 0.5 }, 'intentNumber'],
    ['a number below zero', { intentNumber: -1 }, 'intentNumber'],
  ])('%s is refused', (_, change, path) => {
    expect(() => checkIntent(intentOf('a', change))).toThrow(refusedAt(path));
  });

  test('is the same with other words for its reason and its numbers, and with nothing else changed', () => {
    const intent = intentOf('a');
    expect(sameIntent(intent, { ...intent, reason: 'worded anew', amount: '0.0300', price: '64123.1' })).toBe(true);
    const others: readonly Partial<OrderIntent>[] = [
      { clientOrderId: idOf('b') },
      { account: 'kraken-main' },
      { symbol: 'ETH/USDT' },
      { side: 'sell' },
      { type: 'market' },
      { timeInForce: 'PO' },
      { reduceOnly: true },
      { book: 'STR-002' },
      { seed: 'another' },
      { leg: '2' },
      { intentNumber: 1 },
      { amount: '0.031' },
      { price: '64123.11' },
      { stopPrice: '1' },
    ];
    for (const change of others)
      expect(sameIntent(intent, { ...intent, ...change }), JSON.stringify(change)).toBe(false);
    const { price: _, ...priceless } = intent;
    expect(sameIntent(intent, priceless)).toBe(false);
    expect(sameIntent(priceless, priceless)).toBe(true);
  });

  test('its id is 32 lower-case hex digits', () => {
    expect([idOf('a'), 'a'.repeat(31), 'g'.repeat(32), ''].map(isOrderId)).toEqual([true, false, false, false]);
  });
});

test.each([[undefined], [7], [null], ['x'.repeat(longestText + 1)]])('%j is no text to store', (value) => {
  expect(() => checkText(value, 'reason')).toThrow(refusedAt('reason'));
});

describe('a fill', () => {
  test.each<[string, Partial<Fill>]>([
    ['as usual', {}],
    ['with a rebate', { fee: '-0.1' }],
    ['at a price of zero', { price: '0', quoteAmount: '0' }],
    ['that realised a loss', { realizedPnl: '-3' }],
  ])('%s is taken', (_, change) => expect(() => checkFill(fillOf('1', change))).not.toThrow());

  test.each<[keyof Fill, string]>([
    ['venue', ''],
    ['symbol', ''],
    ['amount', '0'],
    ['amount', '1e-8'],
    ['price', '-1'],
    ['quoteAmount', '-1'],
    ['fee', 'none'],
    ['realizedPnl', 'NaN'],
  ])('whose %s is "%s" is refused by its trade', (field, value) => {
    expect(() => checkFill(fillOf('1', { [field]: value }))).toThrow(refusedAt(`fills.1.${field}`));
  });

  test('without a trade id is refused', () => {
    expect(() => checkFill(fillOf(''))).toThrow(refusedAt('fills..tradeId'));
  });
});

describe('a submission', () => {
  test.each<[string, Partial<SubmitRequest>, string]>([
    [
      'a deadline at its timestamp',
      { submission: { timestampMs: noonMs, deadlineMs: noonMs } },
      'submission.deadlineMs',
    ],
    ['a deadline that is none', { submission: { timestampMs: noonMs, deadlineMs: NaN } }, 'submission.deadlineMs'],
    [
      'a timestamp ahead of the venue by more than a second',
      { submission: { timestampMs: noonMs + 1_001, deadlineMs: noonMs + 6_001 } },
      'submission.timestampMs',
    ],
    ['a venue time that is none', { venueMs: NaN }, 'submission.timestampMs'],
    ['the grant of another order', { grant: { ...submitOf('b').grant } }, 'grant.clientOrderId'],
  ])('with %s is refused', (_, change, path) => {
    expect(() => checkSubmit(submitOf('a', change))).toThrow(refusedAt(path));
  });

  test('ahead by a second at most is taken', () => {
    const submission = { timestampMs: noonMs + 1_000, deadlineMs: noonMs + 6_000 };
    expect(() => checkSubmit(submitOf('a', { submission }))).not.toThrow();
  });
});

describe('who may submit (orders.md 3.2)', () => {
  const granted = (agoMs: number) => ({ grant: { ...submitOf('a').grant, grantedMs: noonMs - agoMs } });
  const restored = { restoredSafeMs: noonMs - 60_000 };

  test.each<[string, Partial<AccountState>, Partial<SubmitRequest>, string | undefined]>([
    ['ACTIVE', {}, {}, undefined],
    ['REDUCING, and it does not', { mode: 'REDUCING' }, {}, 'mode'],
    ['REDUCING, and it reduces', { mode: 'REDUCING' }, { reduces: true }, undefined],
    ['HALTED, even if it reduces', { mode: 'HALTED' }, { reduces: true }, 'mode'],
    ['its symbol is halted', { haltedSymbols: [{ symbol, reason: 'x', sinceMs: 0 }] }, {}, 'symbolHalted'],
    ['another symbol is halted', { haltedSymbols: [{ symbol: 'ETH/USDT', reason: 'x', sinceMs: 0 }] }, {}, undefined],
    ['a grant of 5 s', {}, granted(5_000), undefined],
    ['an older grant', {}, granted(5_001), 'grant'],
    ['a grant of a clock that is a second ahead', {}, granted(-1_000), undefined],
    ['a grant of a clock further ahead', {}, granted(-1_001), 'grant'],
    ['restored, and not looked for', restored, {}, 'restored'],
    ['restored, looked for too early', restored, { lookedVenueMs: noonMs - 60_000 }, 'restored'],
    ['restored, looked for after it was safe', restored, { lookedVenueMs: noonMs - 59_999 }, undefined],
    ['restored a week ago', { restoredSafeMs: noonMs - restoredLooksMs }, {}, 'restored'],
    ['restored more than a week ago', { restoredSafeMs: noonMs - restoredLooksMs - 1 }, {}, undefined],
  ])('%s', (...[, state, change, expected]) => {
    expect(submitRefusal({ ...newAccount(account), ...state }, { symbol }, submitOf('a', change), noonMs)).toBe(
      expected,
    );
  });
});

const recordOf = (state: OrderState): OrderRecord => ({
  intent: intentOf('a'),
  venue,
  state,
  version: 3,
  venueExecuted: '0',
  appliedExecuted: '0',
  reason: '',
  ownerWorkflowId: owner,
  createdMs: noonMs,
  changedMs: noonMs,
});

describe('a step of an order', () => {
  const change = (more: Partial<OrderChange> = {}) => filledBy(recordOf('accepted'), fillOf('1'), more);

  test('back to where it could be sent again is refused from every state, and to submitted from all others', () => {
    const taken = orderStates.filter((state) => {
      expect(() => checkChange(change({ state: 'initialized' }), recordOf(state))).toThrow(refusedAt('state'));
      try {
        checkChange(change({ state: 'submitted' }), recordOf(state));
        return true;
      } catch {
        return false;
      }
    });
    expect(taken).toEqual(['submitted']);
  });

  test.each<[string, Partial<OrderChange>, string]>([
    ['less than nothing executed', { venueExecuted: '-1' }, 'venueExecuted'],
    ['too long a reason', { reason: 'x'.repeat(longestText + 1) }, 'reason'],
    ['a halt without a reason', { haltSymbol: '' }, 'haltSymbol'],
    ['a fill of another market', { fills: [fillOf('1', { symbol: 'ETH/USDT' })] }, 'fills.1.symbol'],
    ['a fill of another venue', { fills: [fillOf('1', { venue: 'kraken' })] }, 'fills.1.venue'],
    ['a fill of nothing', { fills: [fillOf('1', { amount: '0' })] }, 'fills.1.amount'],
  ])('with %s is refused', (_, more, path) => {
    expect(() => checkChange(change(more), recordOf('accepted'))).toThrow(refusedAt(path));
  });

  test('as the machine gives it is taken', () => {
    expect(() => checkChange(change({ haltSymbol: 'doubled' }), recordOf('accepted'))).not.toThrow();
    const { venueExecuted: _executed, ...silent } = change({ reason: 'x'.repeat(longestText) });
    expect(() => checkChange(silent, recordOf('accepted'))).not.toThrow();
  });
});

describe('what is applied', () => {
  const fills = [fillOf('1', { amount: '0.1' }), fillOf('2', { amount: '0.2' })];

  test('is the sum of the fills, whatever the writer believes or leaves out', () => {
    expect(appliedAfter('0.3', fills, undefined)).toBe('0.6');
    expect(appliedAfter('0.3', fills, '0.60')).toBe('0.6');
    expect(appliedAfter('0.3', [], '0.3')).toBe('0.3');
  });

  test.each(['0.5', '0.60000001', '-0.6', 'lots'])('%s is believed wrongly, and refused', (believed) => {
    expect(() => appliedAfter('0.3', fills, believed)).toThrow(refusedAt('appliedExecuted'));
  });
});

describe('postings', () => {
  const bought = entriesOf(fillOf('1'));

  test('are taken by transaction, in the order of their first', () => {
    const other = entriesOf(fillOf('2'));
    const mixed = bought.flatMap((entry, place) => [entry, ...other.slice(place, place + 1)]);
    const transactions = balancedTransactions(mixed);
    expect([...transactions.keys()]).toEqual([
      `${account} fill ${venue} ${symbol} 1`,
      `${account} fill ${venue} ${symbol} 2`,
    ]);
    expect([...transactions.values()]).toEqual([bought, other]);
    expect(balancedTransactions([]).size).toBe(0);
  });

  test('that do not sum to zero, in any asset, are refused whole', () => {
    fc.assert(
      fc.property(fc.nat(bought.length - 1), fc.bigInt({ min: 1n, max: 10n ** 20n }), (place, more) => {
        const wrong = bought.map((entry, at) => (at === place ? { ...entry, amount: unitText(more) } : entry));
        expect(bought[place]?.amount === unitText(more) || throws(wrong)).toBe(true);
      }),
    );
  });

  test('of one asset alone have to sum to zero too', () => {
    const [first] = bought;
    expect(() => balancedTransactions(bought.slice(0, 2))).not.toThrow();
    expect(throws(first === undefined ? [] : [first])).toBe(true);
  });

  const throws = (entries: readonly LedgerEntry[]): boolean => {
    try {
      balancedTransactions(entries);
      return false;
    } catch {
      return true;
    }
  };

  test('of two accounts under one name balance each for itself', () => {
    const halves = bought.map((entry, place) => (place % 2 === 0 ? entry : { ...entry, account: 'kraken-main' }));
    expect(() => balancedTransactions(halves)).toThrow(/sum to 0|does not take/);
  });

  test.each<[keyof LedgerEntry, string]>([
    ['account', ''],
    ['ledgerAccount', ''],
    ['asset', ''],
    ['source', ''],
    ['amount', '1e3'],
  ])('whose %s is "%s" are refused by their transaction', (field, value) => {
    const [first, ...others] = bought;
    const wrong = { ...first, [field]: value } as LedgerEntry;
    expect(() => balancedTransactions([wrong, ...others])).toThrow(
      refusedAt(`entries.fill ${venue} ${symbol} 1.${field}`),
    );
  });
});

describe('an account’s mode', () => {
  const at = { venueMs: noonMs, atMs: noonMs + 7 };
  const person: ModeReason = { reason: 'looked at it', by: 'an operator', person: true };
  const desk: ModeReason = { reason: 'a drawdown', by: 'account-guard', person: false };
  const halted = accountAfter(newAccount(account), 'HALTED', desk, at);

  test('anybody may halt; the venue’s time of it is kept, and a second halt changes nothing', () => {
    expect(halted).toMatchObject({
      mode: 'HALTED',
      reason: 'a drawdown',
      haltedVenueMs: noonMs,
      changedMs: noonMs + 7,
    });
    expect(accountAfter(halted, 'HALTED', person, { venueMs: noonMs + 60_000, atMs: noonMs + 60_000 })).toBe(halted);
  });

  test('a person with a reason ends a halt: what was halted of it is gone, halted symbols stay', () => {
    const before = { ...halted, haltedSymbols: [{ symbol, reason: 'doubled', sinceMs: noonMs }] };
    const { haltedVenueMs: _, ...others } = before;
    expect(accountAfter(before, 'ACTIVE', person, at)).toEqual({
      ...others,
      mode: 'ACTIVE',
      reason: 'looked at it',
      by: 'an operator',
      // Later than the halt, though the clock says the same.
      changedMs: halted.changedMs + 1,
    });
  });

  test.each<[string, ModeReason, string]>([
    ['the desk', desk, 'by'],
    ['a person without a reason', { ...person, reason: '  ' }, 'reason'],
    ['nobody', { ...person, by: '' }, 'by'],
  ])('%s does not end a halt', (_, why, path) => {
    expect(() => accountAfter(halted, 'ACTIVE', why, at)).toThrow(refusedAt(path));
    expect(() => accountAfter(halted, 'REDUCING', why, at)).toThrow(refusedAt(path));
  });

  test('after a restore nobody ends it before it is safe', () => {
    const restored = { ...halted, restoredSafeMs: noonMs };
    expect(() => accountAfter(restored, 'ACTIVE', person, at)).toThrow(refusedAt('mode'));
    const later = accountAfter(restored, 'ACTIVE', person, { venueMs: noonMs + 1, atMs: noonMs });
    expect(later).toMatchObject({ mode: 'ACTIVE', restoredSafeMs: noonMs });
  });

  test('the desk may halt what is halted: it changes nothing either', () => {
    expect(accountAfter(halted, 'HALTED', { ...desk, reason: 'another drawdown' }, at)).toBe(halted);
  });

  test('a reason is stored whole or not at all', () => {
    const before = newAccount(account);
    const why = { ...desk, reason: 'x'.repeat(longestText) };
    expect(accountAfter(before, 'REDUCING', why, at).reason).toBe(why.reason);
    expect(() => accountAfter(before, 'REDUCING', { ...why, reason: `${why.reason}x` }, at)).toThrow(
      refusedAt('reason'),
    );
  });

  test('REDUCING is entered and left by anybody', () => {
    const reducing = accountAfter(newAccount(account), 'REDUCING', desk, at);
    expect(reducing.mode).toBe('REDUCING');
    expect(accountAfter(reducing, 'ACTIVE', desk, at).mode).toBe('ACTIVE');
  });
});
