import { createHash } from 'node:crypto';
import type { Secret } from '../http/secret.ts';

/** `password` is the passphrase that some venues want (OKX, KuCoin). */
export type AccountKeys = Readonly<{ apiKey: Secret; secret: Secret; password?: Secret }>;

/** The text without any of the keys. */
export const redactKeys = ({ apiKey, secret, password }: AccountKeys, text: string): string =>
  [apiKey, secret, password].reduce((rest, key) => key?.redact(rest) ?? rest, text);

/** Tells keys apart without showing them: 16 hex digits of SHA-256 of the public half. */
export const keyDigest = ({ apiKey }: AccountKeys): string =>
  createHash('sha256').update(`nightdesk ${apiKey.reveal()}`).digest('hex').slice(0, 16);
