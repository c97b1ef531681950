import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientOrderId, derivedId, orderSeed } from '../../../core/orders/order-id.ts';
import { sha256Hex } from '../../../core/orders/sha256.ts';

const nodeHash = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

test('SHA-256 in plain TypeScript is that of node:crypto, for any text', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'); // FIPS 180-4
  for (const length of [0, 55, 56, 63, 64, 65, 119, 120, 1_000]) {
    expect(sha256Hex('é'.repeat(length))).toBe(nodeHash('é'.repeat(length)));
  }
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => sha256Hex(text) === nodeHash(text)));
});

test('texts that are not well formed are hashed as their UTF-8 is written: half a surrogate pair is U+FFFD', () => {
  // The first and the last of each length in UTF-8, and halves of pairs beside each other.
  for (const text of [
    '\0\x7f',
    '\x80\u07ff',
    '\u0800\ud7ff\ue000\uffff',
    '\u{10000}\u{10ffff}',
    '\ud800',
    'a\udfff\ud800b',
  ]) {
    expect(sha256Hex(text)).toBe(nodeHash(text));
  }
  const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 80 });
  const halves = units.map((codes) => String.fromCharCode(...codes));
  fc.assert(fc.property(halves, (text) => sha256Hex(text) === nodeHash(text)));
});

const parts = { namespace: 'default', seed: 'rebalance/7c1f', leg: '1', intentNumber: 0 };

test('an order id is the first 32 hex digits of the hash of what decided it', () => {
  const expected = nodeHash(JSON.stringify(['default', 'rebalance/7c1f', '1', 0])).slice(0, 32);
  expect(clientOrderId(parts)).toBe(expected);
  expect(clientOrderId(parts)).toMatch(/^[0-9a-f]{32}$/);
});

test.each([
  ['namespace', { namespace: 'other' }],
  ['seed', { seed: 'rebalance/7c20' }],
  ['leg', { leg: '2' }],
  ['number', { intentNumber: 1 }],
  ['seed and leg shifted', { seed: 'rebalance/7c1', leg: 'f1' }],
])('another %s is another id', (_, change) => {
  expect(clientOrderId({ ...parts, ...change })).not.toBe(clientOrderId(parts));
});

test('a seed is of one workflow and one first execution, so an id that is used again is another seed', () => {
  expect(orderSeed('rebalance', '7c1f')).toBe('rebalance/7c1f');
  expect(orderSeed('rebalance', '7c20')).not.toBe(orderSeed('rebalance', '7c1f'));
});

test('a derived id is its kind and the hash of what it explains', () => {
  const expected = nodeHash(JSON.stringify(['correction', 'binance-main', 'USDT', '-0.5', 3])).slice(0, 32);
  expect(derivedId('correction', 'binance-main', 'USDT', '-0.5', 3)).toBe(`correction-${expected}`);
});

test.each<[string, (string | number)[], (string | number)[]]>([
  ['another part', ['cross', 'a'], ['cross', 'b']],
  ['another kind', ['cross', 'a'], ['group', 'a']],
  ['parts shifted', ['cross', 'ab', 'c'], ['cross', 'a', 'bc']],
  ['a number for its text', ['cross', 1], ['cross', '1']],
  ['one part more', ['cross', 'a'], ['cross', 'a', '']],
])('%s is another derived id', (_, [kind = '', ...parts1], [other = '', ...parts2]) => {
  expect(derivedId(String(kind), ...parts1)).not.toBe(derivedId(String(other), ...parts2));
});
