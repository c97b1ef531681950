import { createHash, createHmac } from 'node:crypto';
import { nonceGateOf, type TakeTurn } from '../../exchange/kraken/nonce-gate.ts';
import type { OwnAccess } from '../own-account.ts';
import type { JsonClient, JsonRequest } from '../rest.ts';
import { tokenAnswer } from './messages.ts';
import { krakenResult } from './requests.ts';

const path = '/0/private/GetWebSocketsToken';

export type TokenMeans = Readonly<{
  ask: JsonClient;
  access: OwnAccess;
  /** The key's turn among all processes; without it, among requests of this process. */
  takeTurn?: TakeTurn;
}>;

/** A token for the private socket: to be used within 15 minutes, and good for as long as the connection holds. */
export async function fetchToken(
  { ask, access: { keys }, takeTurn }: TokenMeans,
  signal: AbortSignal,
): Promise<string> {
  const key = keys.apiKey.reveal();
  const gate = nonceGateOf(key);
  const signing: JsonRequest['signing'] = (send) =>
    gate.pass((number) => {
      const nonce = String(number);
      const body = new URLSearchParams({ nonce }).toString();
      const digest = createHash('sha256')
        .update(nonce + body)
        .digest();
      const sign = createHmac('sha512', Buffer.from(keys.secret.reveal(), 'base64')).update(path).update(digest);
      const headers = {
        'api-key': key,
        'api-sign': sign.digest('base64'),
        'content-type': 'application/x-www-form-urlencoded',
      };
      return send({ headers, body });
    }, takeTurn);
  const answer = await ask({ method: 'POST', path, signing, secrets: [keys.apiKey, keys.secret] }, signal);
  return krakenResult(tokenAnswer.parse(answer), path).token;
}
