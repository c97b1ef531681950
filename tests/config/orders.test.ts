import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { limitsOf, loadOrderSettings } from '../../config/orders.ts';
import { projectFolder } from '../../config/paths.ts';
import { DeskError, errorDocument, errorLine } from '../../core/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-orders-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(text: string, account = 'binance-main') {
  writeFileSync(join(folder, 'orders.yaml'), text);
  return loadOrderSettings(account, folder);
}

describe('config/orders.yaml', () => {
  test('the shipped file holds the defaults', () => {
    expect(loadOrderSettings('any', join(projectFolder, 'config'))).toEqual(
      loadOrderSettings('any', join(folder, 'no')),
    );
  });

  test('an account has its own values over the common ones, key by key', () => {
    const text = [
      'limits: { max_order_notional: 500, max_orders_per_minute: 9 }',
      'accounts:',
      '  binance-main:',
      '    limits: { max_order_notional: "0.10" }',
      '    dead_man_switch: { enabled: false }',
      '    new_intents_after_not_sent: 0',
    ].join('\n');
    const own = load(text);
    expect(own.limits).toMatchObject({ max_order_notional: '0.10', max_orders_per_minute: 9, max_exposure: '100000' });
    expect(own.dead_man_switch).toEqual({ enabled: false });
    expect(own.new_intents_after_not_sent).toBe(0);
    const other = load(text, 'kraken-main');
    expect(other.limits).toMatchObject({ max_order_notional: '500', max_orders_per_minute: 9 });
    expect(other.dead_man_switch.enabled).toBe(true);
  });

  test('limits have a currency, and others that count as one of it', () => {
    expect(limitsOf(load(''))).toMatchObject({ currency: 'USDT', atPar: ['USD', 'USDC'] });
    expect(limitsOf(load('limits: { currency: EUR, at_par: [] }'))).toMatchObject({ currency: 'EUR', atPar: [] });
  });

  const file = join(folder, 'orders.yaml');
  test.each([
    ['money of zero', 'limits: { max_exposure: 0 }', `${file}:1 limits.max_exposure: wrong value`, 'found 0'],
    ['money below zero', 'limits: { max_exposure: -1 }', `${file}:1 limits.max_exposure`, 'found -1'],
    ['money in words', 'limits: { max_exposure: lots }', `${file}:1 limits.max_exposure`, 'found "lots"'],
    ['money that a double cannot write out', 'limits: { max_exposure: 1e21 }', `${file}:1 limits.max_exposure`, ''],
    [
      'a currency in words',
      'limits: { currency: dollars }',
      `${file}:1 limits.currency: wrong value`,
      'found "dollars"',
    ],
    ['half an order a minute', 'limits: { max_orders_per_minute: 0.5 }', `${file}:1 limits.max_orders_per_minute`, ''],
    [
      'four new intents',
      'new_intents_after_not_sent: 4',
      `${file}:1 new_intents_after_not_sent: wrong value, expected a whole number from 0 to 3`,
      'found 4',
    ],
    ['fewer than none', 'new_intents_after_not_sent: -1', `${file}:1 new_intents_after_not_sent`, 'found -1'],
    [
      'four new intents of an account',
      'accounts:\n  binance-main:\n    new_intents_after_not_sent: 4',
      `${file}:3 accounts.binance-main.new_intents_after_not_sent: wrong value, expected a whole number from 0 to 3`,
      'found 4',
    ],
    ['a word for a switch', 'dead_man_switch: { enabled: armed }', `${file}:1 dead_man_switch.enabled`, 'a boolean'],
    [
      'an unknown key of an account',
      'accounts:\n  binance-main:\n    limits:\n      max_exposur: 5',
      `${file}:4 accounts.binance-main.limits.max_exposur: unknown key, expected one of currency, at_par, max_order_notional`,
      '(did you mean max_exposure?)',
    ],
  ])('refuses %s by file, line and path', (_, text, start, end) => {
    let thrown: unknown;
    try {
      load(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(DeskError);
    const line = errorLine(errorDocument(thrown));
    expect(line.startsWith(start), line).toBe(true);
    expect(line).toContain(end);
  });
});
