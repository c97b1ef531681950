import { expect, test } from 'vitest';
import {
  binanceSignature,
  checkTimestamp,
  signedPayload,
} from '../../../../../adapters/exchange/simulated/binance/signature.ts';

test("the vector of Binance's documentation", () => {
  const secret = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j';
  const payload =
    'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559';
  expect(binanceSignature(payload, secret)).toBe('c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71');
});

test('what is signed is query and body put together without the signature', () => {
  expect(signedPayload('a=1&signature=ff', 'b=2&c=3')).toBe('a=1b=2&c=3');
  expect(signedPayload('', 'b=2&signature=AB')).toBe('b=2');
});

test.each([
  [999, 5000, 'taken'],
  [1000, 5000, "Timestamp for this request was 1000ms ahead of the server's time."],
  [-5000, 5000, 'taken'],
  [-5001, 5000, 'Timestamp for this request is outside of the recvWindow.'],
  [-60_000, 60_000, 'taken'],
])('a timestamp %d ms from the server within %d: %s', (offset, recvWindow, outcome) => {
  const check = () => {
    checkTimestamp(1_000_000 + offset, recvWindow, 1_000_000);
    throw new Error('taken');
  };
  expect(check).toThrow(outcome);
});
