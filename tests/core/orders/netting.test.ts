import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumText, units, unitText } from '../../../core/orders/amount.ts';
import { crossPrice, groupResults } from '../../../core/orders/group-outcome.ts';
import { unbalanced } from '../../../core/orders/ledger.ts';
import { crossEntries, netIntents, planOf, type WaitingIntent } from '../../../core/orders/netting.ts';
import { account, fillOf, idOf, intentOf, noonMs, orderRecordOf, symbol } from '../../contracts/order-fixtures.ts';

const spot = { symbol, base: 'BTC', quote: 'USDT' };
const perpetual = { symbol: 'BTC/USDT:USDT', base: 'BTC', quote: 'USDT', settle: 'USDT' };

const waits = (intentId: string, side: 'buy' | 'sell', amount: string, more: Partial<WaitingIntent> = {}) => ({
  intentId,
  book: `book-${intentId}`,
  symbol,
  side,
  amount,
  ...more,
});

function planned(...waiting: readonly WaitingIntent[]) {
  const [plan] = netIntents(waiting, account, noonMs);
  if (plan === undefined) throw new Error('nothing was planned');
  return plan;
}

const terms = {
  market: spot,
  ledgerDecimals: 8,
  filled: { amount: '0', quote: '0' },
  middle: '60000',
  venueMs: noonMs,
};

/** What a book got of an asset by its postings. */
const got = (entries: ReturnType<typeof crossEntries>, book: string, asset: string, ledgerAccount = 'assets') =>
  sumText(
    '0',
    ...entries
      .filter((entry) => entry.book === book && entry.asset === asset && entry.ledgerAccount === ledgerAccount)
      .map(({ amount }) => amount),
  );

describe('netIntents', () => {
  test('nets each market by itself: what both sides have crosses, the rest goes out', () => {
    const plans = netIntents(
      [waits('c', 'sell', '2', { symbol: 'ETH/USDT' }), waits('b', 'sell', '0.2'), waits('a', 'buy', '0.5')],
      account,
      noonMs,
    );
    expect(plans).toMatchObject([
      {
        group: { account, symbol, atMs: noonMs, members: [{ intentId: 'a' }, { intentId: 'b' }] },
        crossed: '0.2',
        outgoing: { side: 'buy', amount: '0.3' },
      },
      { group: { symbol: 'ETH/USDT' }, crossed: '0', outgoing: { side: 'sell', amount: '2' } },
    ]);
  });

  test('markets are planned by name, whichever came first', () => {
    const names = ['ETH/USDT', 'BTC/USDT', 'SOL/USDT', 'ADA/USDT'];
    for (const order of [names, names.toReversed()]) {
      const waiting = order.map((name) => waits(name, 'buy', '1', { symbol: name }));
      const plans = netIntents(waiting, account, noonMs);
      expect(plans.map(({ group }) => group.symbol)).toEqual(names.toSorted());
    }
  });

  test('equal sides send nothing', () => {
    const plan = planned(waits('a', 'buy', '0.50'), waits('b', 'sell', '0.2'), waits('c', 'sell', '0.3'));
    expect(plan.crossed).toBe('0.5');
    expect(plan.outgoing).toBeUndefined();
  });

  test('nothing waits, nothing is planned', () => {
    expect(netIntents([], account, noonMs)).toEqual([]);
  });

  test('the id is that of the members and their sizes, not of the moment or the books', () => {
    const [a, b] = [waits('a', 'buy', '0.5'), waits('b', 'sell', '0.2')];
    const { groupId } = planned(a, b).group;
    expect(groupId).toMatch(/^group-[0-9a-f]{32}$/);
    expect(netIntents([b, a], account, noonMs + 1)[0]?.group.groupId).toBe(groupId);
    const others = [
      planned(a, { ...b, amount: '0.3' }),
      planned(a, { ...b, side: 'buy' }),
      planned(a),
      planned(a, b, waits('c', 'buy', '1')),
    ];
    expect(others.map(({ group }) => group.groupId)).not.toContain(groupId);
    expect(netIntents([a, b], 'kraken-main', noonMs)[0]?.group.groupId).not.toBe(groupId);
  });

  test.each([['half'], [''], ['1,5'], ['0.0000000000000000001']])('refuses the amount %j', (amount) => {
    expect(() => netIntents([waits('a', 'buy', amount)], account, noonMs)).toThrowError(
      expect.objectContaining({ code: 'BadInput', place: expect.objectContaining({ path: 'amount', found: amount }) }),
    );
  });
});

describe('crossEntries', () => {
  test('nothing went out: at the venue’s price, without a fee, and the account does not move', () => {
    const { group } = planned(waits('a', 'buy', '0.5'), waits('b', 'sell', '0.2'), waits('c', 'sell', '0.3'));
    const entries = crossEntries(group, terms);
    expect(got(entries, 'book-a', 'BTC')).toBe('0.5');
    expect(got(entries, 'book-a', 'USDT')).toBe('-30000');
    expect(got(entries, 'book-b', 'BTC')).toBe('-0.2');
    expect(got(entries, 'book-c', 'USDT')).toBe('18000');
    expect(unbalanced(entries)).toEqual([]);
    expect(new Set(entries.map(({ transactionId }) => transactionId)).size).toBe(1);
    expect(entries.every(({ ledgerAccount, source }) => ledgerAccount !== 'fees' && source === group.groupId)).toBe(
      true,
    );
  });

  test('the rest went out in two fills: at their average, rounded down to the venue’s last unit', () => {
    const { group } = planned(waits('a', 'buy', '0.03'), waits('b', 'sell', '0.01'));
    const filled = { amount: '0.02', quote: '1300.00000001' };
    const entries = crossEntries(group, { ...terms, filled });
    // 0.01 x 1300.00000001 / 0.02 = 650.000000005, whatever the price was when it was decided.
    expect(got(entries, 'book-b', 'USDT')).toBe('650');
    expect(got(entries, 'book-a', 'USDT')).toBe('-650');
  });

  test('a perpetual moves positions, and no money of the account', () => {
    const wants = [waits('a', 'buy', '0.5'), waits('b', 'sell', '0.5')];
    const { group } = planned(...wants.map((want) => ({ ...want, symbol: perpetual.symbol })));
    const entries = crossEntries(group, { ...terms, market: perpetual });
    expect(got(entries, 'book-a', perpetual.symbol, 'positions')).toBe('0.5');
    expect(entries.filter(({ ledgerAccount }) => ledgerAccount === 'assets')).toEqual([]);
    expect(unbalanced(entries)).toEqual([]);
  });

  test('one side alone crosses nothing', () => {
    expect(crossEntries(planned(waits('a', 'buy', '1'), waits('b', 'buy', '2')).group, terms)).toEqual([]);
  });
});

describe('groupResults', () => {
  const end = { legs: [], fills: [], ledgerDecimals: 8, middle: '60000', note: '' };

  test('the larger side shares the fills pro rata, the smaller one has all', () => {
    const { group } = planned(waits('a', 'buy', '0.02'), waits('b', 'buy', '0.01'), waits('c', 'sell', '0.015'));
    const fills = [fillOf('1', { amount: '0.015', quoteAmount: '900', fee: '0.000015', feeAsset: 'BTC' })];
    const [a, b, c] = groupResults(group, { ...end, fills });
    expect(a).toMatchObject({ crossed: '0.01', shared: '0.01', quote: '1200', fees: { BTC: '0.00001' }, reason: '' });
    expect(b).toMatchObject({ crossed: '0.005', shared: '0.005', quote: '600', fees: { BTC: '0.000005' } });
    expect(c).toMatchObject({ crossed: '0.015', shared: '0', quote: '900', fees: {}, reason: '' });
  });

  test('whose id comes first does not matter: fills are the larger side’s', () => {
    const { group } = planned(waits('a', 'sell', '0.015'), waits('b', 'buy', '0.02'), waits('c', 'buy', '0.01'));
    const fills = [fillOf('1', { amount: '0.015', quoteAmount: '930', fee: '0.000015', feeAsset: 'BTC' })];
    const results = groupResults(group, { ...end, fills });
    expect(results.map(({ intentId, shared, quote }) => [intentId, shared, quote])).toEqual([
      ['a', '0', '930'],
      ['b', '0.01', '1240'],
      ['c', '0.005', '620'],
    ]);
  });

  test('who has all that it wanted lacks nothing, though others do', () => {
    const { group } = planned(waits('a', 'buy', '0.00000001'), waits('b', 'buy', '0.00000001'));
    const fills = [fillOf('1', { amount: '0.00000001', quoteAmount: '0.0006' })];
    expect(
      groupResults(group, { ...end, fills }).map(({ crossed, shared, reason }) => [crossed, shared, reason]),
    ).toEqual([
      ['0', '0.00000001', ''],
      ['0', '0', 'nothing went out'],
    ]);
  });

  test('says why less was traded than wanted', () => {
    const { group } = planned(waits('a', 'buy', '0.02'), waits('b', 'sell', '0.01'));
    const [a, b] = groupResults(group, { ...end, note: 'amount: too small' });
    expect(a).toMatchObject({ crossed: '0.01', shared: '0', reason: 'amount: too small' });
    expect(b?.reason).toBe('');
  });

  test.each([
    ['filled', '', 'rounded down to the market’s steps'],
    ['canceled', '', 'the order ended canceled'],
    ['rejected', '-2010: no funds', 'the order ended rejected: -2010: no funds'],
  ] as const)('the newest order says why less went out: %s %j', (state, reason, expected) => {
    const { group } = planned(waits('a', 'buy', '0.02'), waits('b', 'sell', '0.01'));
    const fills = [fillOf('1', { amount: '0.004', quoteAmount: '240' })];
    const legs = [
      orderRecordOf(intentOf('first'), 'notSent', { reason: 'not found' }),
      orderRecordOf(intentOf('second'), state, { appliedExecuted: '0.004', reason }),
    ];
    const [a, b] = groupResults(group, { ...end, legs, fills });
    expect(a).toMatchObject({ crossed: '0.01', shared: '0.004', quote: '840', reason: expected });
    expect(a?.legs).toEqual([
      { clientOrderId: idOf('first'), state: 'notSent', executed: '0', reason: 'not found' },
      { clientOrderId: idOf('second'), state, executed: '0.004', reason },
    ]);
    expect(b?.reason).toBe('');
  });

  test('what went out whole lacks nothing, whoever has the last unit of it', () => {
    const { group } = planned(waits('a', 'buy', '0.00000001'), waits('b', 'buy', '0.00000001'));
    const fills = [
      fillOf('1', { amount: '0.000000015', quoteAmount: '0.0009' }),
      fillOf('2', { amount: '0.000000005', quoteAmount: '0.0003' }),
    ];
    const results = groupResults(group, { ...end, fills });
    expect(results.map(({ shared, reason }) => [shared, reason])).toEqual([
      ['0.00000002', ''],
      ['0', ''],
    ]);
  });

  test('a book pays its fees by asset, in each of them', () => {
    const { group } = planned(waits('a', 'buy', '0.02'));
    const fills = [
      fillOf('1', { fee: '0.1', feeAsset: 'BNB' }),
      fillOf('2', { fee: '0.00001', feeAsset: 'BTC' }),
      fillOf('3', { fee: '0.05', feeAsset: 'BNB' }),
    ];
    expect(groupResults(group, { ...end, fills })[0]?.fees).toEqual({ BNB: '0.15', BTC: '0.00001' });
  });

  test.each([
    [[], '60000'],
    [
      [fillOf('1', { amount: '0.01', quoteAmount: '600' }), fillOf('2', { amount: '0.03', quoteAmount: '1900' })],
      '62500',
    ],
  ])('price of what crosses: %#', (fills, price) => {
    expect(crossPrice(fills, '60000.0')).toBe(price);
  });
});

const amounts = fc.bigInt({ min: 1n, max: 10n ** 21n }).map((value) => unitText(value * 10n ** 8n));
const wants = fc.uniqueArray(
  fc.record({
    intentId: fc.stringMatching(/^[a-z0-9]{1,6}$/),
    book: fc.constantFrom('STR-001', 'STR-002', 'STR-003'),
    symbol: fc.constant(symbol),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    amount: amounts,
  }),
  { minLength: 1, maxLength: 12, selector: ({ intentId }) => intentId },
);

describe('any group', () => {
  test('is the same in whatever order its wants came', () => {
    fc.assert(
      fc.property(
        wants.chain((waiting) =>
          fc.tuple(fc.constant(waiting), fc.shuffledSubarray(waiting, { minLength: waiting.length })),
        ),
        ([waiting, shuffled]) => {
          expect(netIntents(shuffled, account, noonMs)).toEqual(netIntents(waiting, account, noonMs));
        },
      ),
    );
  });

  test('sends the difference of its sides, and its row says so again', () => {
    fc.assert(
      fc.property(wants, (waiting) => {
        const plan = planned(...waiting);
        const net = waiting.reduce((sum, { side, amount }) => sum + units(amount) * (side === 'buy' ? 1n : -1n), 0n);
        const out = units(plan.outgoing?.amount ?? '0') * (plan.outgoing?.side === 'sell' ? -1n : 1n);
        expect(out).toBe(net);
        expect(planOf(plan.group)).toEqual(plan);
      }),
    );
  });

  test('books add up: crossing moves nothing of the account, results are the postings, nobody waits for more', () => {
    const fill = fc.record({ amount: amounts, quoteAmount: amounts, fee: amounts });
    fc.assert(
      fc.property(wants, fc.array(fill, { maxLength: 4 }), amounts, (waiting, given, middle) => {
        const { group, crossed } = planned(...waiting);
        const fills = given.map((each, index) => fillOf(String(index), each));
        const filled = {
          amount: sumText('0', ...fills.map(({ amount }) => amount)),
          quote: sumText('0', ...fills.map(({ quoteAmount }) => quoteAmount)),
        };
        const entries = crossEntries(group, { ...terms, filled, middle });
        expect(unbalanced(entries)).toEqual([]);
        const moved = entries.filter(({ ledgerAccount }) => ledgerAccount === 'assets');
        for (const asset of ['BTC', 'USDT']) {
          const own = moved.filter((entry) => entry.asset === asset).map(({ amount }) => amount);
          expect(sumText('0', ...own)).toBe('0');
        }
        const results = groupResults(group, { legs: [], fills, ledgerDecimals: 8, middle, note: '' });
        const sum = (pick: (result: (typeof results)[number]) => string, side?: 'buy' | 'sell') =>
          sumText('0', ...results.filter((each) => side === undefined || each.side === side).map(pick));
        expect(sum((each) => each.shared)).toBe(filled.amount);
        expect(sum((each) => each.crossed, 'buy')).toBe(crossed);
        expect(sum((each) => each.crossed, 'sell')).toBe(crossed);
        expect(sum((each) => each.fees.BTC ?? '0')).toBe(sumText('0', ...fills.map(({ fee }) => fee)));
      }),
    );
  });
});
