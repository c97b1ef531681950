import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SimulatedAccount } from '../settings.ts';
import { BinanceError, missing } from './errors.ts';

/** Hex HMAC-SHA256 of everything that is signed. */
export const binanceSignature = (payload: string, secret: string): string =>
  createHmac('sha256', secret).update(payload).digest('hex');

const withoutSignature = (text: string) => text.replace(/(^|&)signature=[^&]*/, '');

/** What the signature is over: query and body put together, without the signature itself. */
export const signedPayload = (query: string, body: string): string => withoutSignature(query) + withoutSignature(body);

export function isSignedBy(account: SimulatedAccount, payload: string, signature: string): boolean {
  const expected = Buffer.from(binanceSignature(payload, account.secret));
  const given = Buffer.from(signature.toLowerCase());
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** The account of a key, or Binance's words about it. */
export function accountOfKey(accounts: readonly SimulatedAccount[], key: string | undefined): SimulatedAccount {
  if (key === undefined || key === '' || !/^[A-Za-z0-9]{16,128}$/.test(key)) {
    throw new BinanceError(-2014, 'API-key format invalid.', 401);
  }
  const account = accounts.find(({ apiKey }) => apiKey === key);
  if (account === undefined) {
    throw new BinanceError(-2015, 'Invalid API-key, IP, or permissions for action.', 401);
  }
  return account;
}

/** Refuses a timestamp that the venue's clock does not accept; asked again just before matching. */
export function checkTimestamp(timestamp: number, recvWindow: number, wireMs: number): void {
  if (timestamp >= wireMs + 1000) {
    throw new BinanceError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  }
  if (wireMs - timestamp > recvWindow) {
    throw new BinanceError(-1021, 'Timestamp for this request is outside of the recvWindow.');
  }
}

/** Reads timestamp and recvWindow as Binance does. */
export function readTiming(get: (name: string) => string | undefined): { timestamp: number; recvWindow: number } {
  const timestamp = get('timestamp');
  if (timestamp === undefined || !/^\d{1,17}$/.test(timestamp)) throw missing('timestamp');
  const recvWindow = get('recvWindow') ?? '5000';
  if (!/^\d{1,20}(\.\d{1,3})?$/.test(recvWindow)) {
    const msg = "Illegal characters found in parameter 'recvWindow'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,3})?$'.";
    throw new BinanceError(-1100, msg);
  }
  if (Number(recvWindow) > 60_000) {
    throw new BinanceError(-1131, "'recvWindow' must be less than 60000.");
  }
  return { timestamp: Number(timestamp), recvWindow: Number(recvWindow) };
}
