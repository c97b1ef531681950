import { createHash, createHmac } from 'node:crypto';
import { nonceGateOf } from '../../exchange/kraken/nonce-gate.ts';
import type { OwnAccess } from '../own-account.ts';
import type { JsonClient, JsonRequest } from '../rest.ts';
import { tokenAnswer } from './messages.ts';
import { krakenResult } from './requests.ts';

const path = '/0/private/GetWebSocketsToken';

/** A token for the private socket: to be used within 15 minutes, and good for as long as the connection holds. */
export async function fetchToken(ask: JsonClient, { keys }: OwnAccess, signal: AbortSignal): Promise<string> {
  const key = keys.apiKey.reveal();
  const gate = nonceGateOf(key);
  const signing: JsonRequest['signing'] = (send) =>
    gate.pass(() => {
      const nonce = String(gate.next());
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
    });
  const answer = await ask({ method: 'POST', path, signing, secrets: [keys.apiKey, keys.secret] }, signal);
  return krakenResult(tokenAnswer.parse(answer), path).token;
}
