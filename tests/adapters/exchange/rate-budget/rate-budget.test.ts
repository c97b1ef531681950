import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { binanceSpotRates, binanceUsdmRates } from '../../../../adapters/exchange/rate-budget/binance.ts';
import { krakenRates } from '../../../../adapters/exchange/rate-budget/kraken.ts';
import type { Charge, Meter } from '../../../../adapters/exchange/rate-budget/meters.ts';
import { createRateBudget } from '../../../../adapters/exchange/rate-budget/rate-budget.ts';
import type { PricedCall } from '../../../../adapters/exchange/rate-budget/rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-budget-'));
afterAll(() => rmSync(folder, { recursive: true }));

const perMinute: Meter = { kind: 'window', name: 'weight', limit: 100, windowMs: 60_000 };
const falling: Meter = { kind: 'falling', name: 'calls', limit: 20, fallPerSecond: 1 };

const charge = (meter: Meter, amount: number, shiftMs = 0): Charge => ({ meter, scope: 'key', amount, shiftMs });

/** A budget on a clock that moves by what it is told to wait. */
function budgetAt(startMs = 60_000, file?: string) {
  const time = { nowMs: startMs };
  const budget = createRateBudget({
    ...(file !== undefined && { file }),
    nowMs: () => time.nowMs,
    pauseFor: async (ms) => {
      time.nowMs += ms;
    },
  });
  return { budget, time };
}

describe('the budget of a key', () => {
  test('reads stop at 70 %, orders at 85 %, looks and cancels go on to 95 %', async () => {
    const { budget } = budgetAt();
    await budget.spend([charge(perMinute, 70)], 'read');
    await budget.spend([charge(perMinute, 15)], 'send');
    const refused = { failure: { kind: 'rateLimited', retryAfterMs: 60_000 } };
    await expect(budget.spend([charge(perMinute, 1)], 'read')).rejects.toMatchObject(refused);
    await expect(budget.spend([charge(perMinute, 1)], 'send')).rejects.toMatchObject(refused);
    await budget.spend([charge(perMinute, 5)], 'look');
    await budget.spend([charge(perMinute, 5)], 'cancel');
    await expect(budget.spend([charge(perMinute, 1)], 'cancel')).rejects.toMatchObject(refused);
  });

  test('windows begin by the venue’s clock', async () => {
    const { budget, time } = budgetAt(60_000);
    await budget.spend([charge(perMinute, 70, 55_000)], 'read');
    // The venue's minute ends in 5 s: that is waited for.
    await budget.spend([charge(perMinute, 70, 55_000)], 'read');
    expect(time.nowMs).toBe(65_000);
  });

  test('a falling counter makes room as time goes', async () => {
    const { budget, time } = budgetAt();
    await budget.spend([charge(falling, 14)], 'read');
    await budget.spend([charge(falling, 2)], 'read');
    expect(time.nowMs).toBe(62_000);
  });

  test('a small counter leaves room for two requests that nobody told us of', async () => {
    const { budget, time } = budgetAt();
    await budget.spend([charge(falling, 18)], 'look');
    expect(time.nowMs).toBe(60_000);
    await budget.spend([charge(falling, 1)], 'look');
    expect(time.nowMs).toBe(61_000);
  });

  test('what is refused takes nothing, of any of its meters', async () => {
    const { budget } = budgetAt();
    await budget.spend([charge(falling, 14)], 'read');
    const both = [charge(perMinute, 60), charge(falling, 17)];
    await expect(budget.spend(both, 'send')).rejects.toMatchObject({ failure: { kind: 'rateLimited' } });
    await budget.spend([charge(perMinute, 70)], 'read');
  });

  test('the venue’s figure raises ours and never lowers it', async () => {
    const { budget } = budgetAt();
    budget.correct({ meter: perMinute, scope: 'key' }, 65);
    budget.correct({ meter: perMinute, scope: 'key' }, 3);
    await budget.spend([charge(perMinute, 5)], 'read');
    await expect(budget.spend([charge(perMinute, 1)], 'read')).rejects.toMatchObject({
      failure: { kind: 'rateLimited' },
    });
  });

  test('a ban keeps everything of its scope still, and the rest not', async () => {
    const { budget, time } = budgetAt();
    budget.pause('key', 120_000);
    budget.pause('key', 1_000);
    for (const purpose of ['read', 'send', 'look', 'cancel'] as const) {
      await expect(budget.spend([charge(perMinute, 1)], purpose)).rejects.toMatchObject({
        failure: { kind: 'rateLimited', retryAfterMs: 120_000 },
      });
    }
    await budget.spend([{ ...charge(perMinute, 1), scope: 'other key' }], 'send');
    time.nowMs += 120_000;
    await budget.spend([charge(perMinute, 1)], 'send');
  });

  test('a refusal whose length is guessed keeps reads and orders still; cancels and looks try, one a second', async () => {
    const { budget, time } = budgetAt();
    const startMs = time.nowMs;
    const refused = (retryAfterMs: number) => ({ failure: { kind: 'rateLimited', retryAfterMs } });
    budget.pause('key', 300_000, { guessed: true });
    for (const purpose of ['look', 'cancel'] as const) {
      await expect(budget.spend([charge(perMinute, 1)], purpose)).rejects.toMatchObject(refused(5_000));
    }
    time.nowMs += 5_000;
    await budget.spend([charge(perMinute, 1)], 'cancel');
    expect(time.nowMs - startMs).toBe(5_000);
    await budget.spend([charge(perMinute, 1)], 'look');
    expect(time.nowMs - startMs).toBe(6_000);
    for (const purpose of ['read', 'send'] as const) {
      await expect(budget.spend([charge(perMinute, 1)], purpose)).rejects.toMatchObject(refused(294_000));
    }
    budget.pause('key', 300_000, { guessed: true }); // the try was refused
    await expect(budget.spend([charge(perMinute, 1)], 'cancel')).rejects.toMatchObject(refused(5_000));
    budget.pause('key', 60_000); // by the venue's own word: it holds for all
    await expect(budget.spend([charge(perMinute, 1)], 'cancel')).rejects.toMatchObject(refused(60_000));
    time.nowMs += 300_000;
    await budget.spend([charge(perMinute, 1)], 'send');
    await budget.spend([charge(perMinute, 1)], 'cancel');
    expect(time.nowMs - startMs).toBe(306_000);
  });

  test('waiting ends when the caller stops it', async () => {
    const budget = createRateBudget();
    await budget.spend([charge(falling, 14)], 'read');
    const controller = new AbortController();
    const waiting = budget.spend([charge(falling, 5)], 'read', controller.signal);
    controller.abort();
    await expect(waiting).rejects.toThrow('aborted');
    budget.close();
  });

  test('never more than the limit in any window of the venue, whatever is asked when', async () => {
    const request = fc.record({
      amount: fc.integer({ min: 1, max: 40 }),
      afterMs: fc.integer({ min: 0, max: 20_000 }),
      purpose: fc.constantFrom('read' as const, 'send' as const, 'look' as const, 'cancel' as const),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { maxLength: 60 }),
        fc.integer({ min: 0, max: 59_999 }),
        async (asked, shiftMs) => {
          const { budget, time } = budgetAt(1_000_000);
          const used = new Map<number, number>();
          for (const { amount, afterMs, purpose } of asked) {
            time.nowMs += afterMs;
            const taken = await budget.spend([charge(perMinute, amount, shiftMs)], purpose).then(
              () => true,
              () => false,
            );
            const window = Math.floor((time.nowMs + shiftMs) / 60_000);
            if (taken) used.set(window, (used.get(window) ?? 0) + amount);
          }
          budget.close();
          expect(Math.max(0, ...used.values())).toBeLessThanOrEqual(95);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('processes that share a file', () => {
  test('four of them together spend no more than one may', async () => {
    const file = join(folder, 'shared.db');
    const child = fileURLToPath(new URL('spend-in-child.ts', import.meta.url));
    const run = promisify(execFile);
    const children = await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, [child, file, '60'])));
    const spent = children.map(({ stdout }) => Number(stdout));
    expect(spent.reduce((sum, each) => sum + each, 0)).toBe(95);
  });

  test('what one was told, another knows; a file that is no database stops nobody', async () => {
    const file = join(folder, 'told.db');
    const one = createRateBudget({ file });
    one.pause('key', 60_000);
    const other = createRateBudget({ file });
    await expect(other.spend([charge(perMinute, 1)], 'cancel')).rejects.toMatchObject({
      failure: { kind: 'rateLimited' },
    });
    one.close();
    other.close();
    const alone = createRateBudget({ file: folder });
    await alone.spend([charge(perMinute, 1)], 'cancel');
    alone.close();
  });
});

const scopes = { address: 'address', key: 'key', shiftMs: 0 };
const call = (method: string, path: string, change: Partial<PricedCall> = {}): PricedCall => ({
  api: 'private',
  method,
  path,
  params: {},
  purpose: 'read',
  ...change,
});

describe('prices', () => {
  test.each([
    [call('GET', 'openOrders', { params: { symbol: 'BTCUSDT' } }), 6],
    [call('GET', 'openOrders'), 80],
    [call('GET', 'order'), 4],
    [call('GET', 'myTrades', { params: { orderId: '1' } }), 5],
    [call('GET', 'account'), 20],
  ])('Binance spot %j weighs %i', (priced, weight) => {
    expect(binanceSpotRates.charges(priced, scopes).map(({ amount }) => amount)).toEqual([weight]);
  });

  test('an order counts for the account, too; on USD-M it weighs nothing', () => {
    const order = call('POST', 'order', { purpose: 'send' });
    expect(binanceSpotRates.charges(order, scopes)).toMatchObject([
      { scope: 'address', amount: 1 },
      { scope: 'key orders', amount: 1, meter: { limit: 100, windowMs: 10_000 } },
      { scope: 'key orders', amount: 1, meter: { limit: 200_000 } },
    ]);
    expect(binanceUsdmRates.charges(order, scopes)[0]).toMatchObject({ amount: 0 });
  });

  test('Binance’s headers say what was used', () => {
    const headers = { 'x-mbx-used-weight-1m': '512', 'x-mbx-order-count-10s': '9', 'x-mbx-order-count-1d': 'nonsense' };
    expect(binanceSpotRates.corrections(headers, scopes).map(({ used }) => used)).toEqual([512, 9]);
  });

  test('after -1015 only orders keep still, after -1003 the whole address', () => {
    const order = call('POST', 'order', { purpose: 'send' });
    const failure = (code: string) => ({ kind: 'rateLimited' as const, code, message: '' });
    expect(binanceSpotRates.pausedScope(failure('-1015'), order, scopes)).toBe('key orders');
    expect(binanceSpotRates.pausedScope(failure('-1003'), order, scopes)).toBe('address');
  });

  test.each([
    ['starter', 15, 60],
    ['intermediate', 20, 125],
    ['pro', 20, 180],
  ] as const)('Kraken %s: counter %i, engine %i', (tier, most, engine) => {
    const rates = krakenRates(tier);
    const last = (path: string, params = {}) => rates.charges(call('POST', path, { params }), scopes).at(-1);
    expect(last('OpenOrders')).toMatchObject({ scope: 'key', amount: 1, meter: { limit: most } });
    expect(last('ClosedOrders')).toMatchObject({ scope: 'key', amount: 2 });
    expect(last('AddOrder', { pair: 'XXBTZUSD' })).toMatchObject({
      scope: 'key XXBTZUSD',
      amount: 1,
      meter: { limit: engine },
    });
    expect(last('CancelOrder')).toMatchObject({ amount: 0 });
  });
});
