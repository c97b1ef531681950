import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** base64(HMAC-SHA512(path + SHA256(nonce + body), base64decode(secret))), as the header API-Sign. */
export function krakenSignature({
  path,
  nonce,
  body,
  secret,
}: Readonly<{ path: string; nonce: string; body: string; secret: string }>): string {
  const digest = createHash('sha256')
    .update(nonce + body)
    .digest();
  return createHmac('sha512', Buffer.from(secret, 'base64')).update(path).update(digest).digest('base64');
}

export function sameSignature(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}
