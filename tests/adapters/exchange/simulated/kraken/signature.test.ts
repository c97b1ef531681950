import { expect, test } from 'vitest';
import { bookChecksum } from '../../../../../adapters/exchange/simulated/kraken/checksum.ts';
import { idOf, txid } from '../../../../../adapters/exchange/simulated/kraken/names.ts';
import { krakenSignature } from '../../../../../adapters/exchange/simulated/kraken/signature.ts';

test("the vector of Kraken's documentation", () => {
  const signature = krakenSignature({
    path: '/0/private/AddOrder',
    nonce: '1616492376594',
    body: 'nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25',
    secret: 'kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==',
  });
  expect(signature).toBe('4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==');
});

// Levels of Kraken's documentation; the sum over these four alone is the specification's own value.
test('the checksum of a book is CRC-32 over its digits', () => {
  const asks = [
    ['45285.2', '0.00100000'],
    ['45286.4', '1.54571953'],
  ] as const;
  const bids = [
    ['45283.5', '0.10000000'],
    ['45283.4', '1.54582015'],
  ] as const;
  expect(bookChecksum(asks, bids)).toBe(2_050_935_876);
});

test.each([0, 1, 31, 32, 615_553_065, 2 ** 50])('%d as a txid and back', (id) => {
  expect(txid('O', id)).toMatch(/^O[A-Z2-7]{5}-[A-Z2-7]{5}-[A-Z2-7]{6}$/);
  expect(idOf(txid('O', id))).toBe(id);
});
