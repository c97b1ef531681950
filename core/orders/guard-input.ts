import { DeskError } from '../errors.ts';
import { readObject, text } from '../read-input.ts';

/** Reads the JSON object that starts `accountGuard`: {"account": "binance-main"}. */
export function parseGuardInput(input: unknown): Readonly<{ account: string }> {
  const { account } = readObject(input ?? {}, '', { account: text }) as { account?: string };
  if (account !== undefined) return { account };
  throw new DeskError('BadInput', 'missing', {
    path: 'account',
    expected: 'the name of an account in config/api-keys.yaml',
  });
}
