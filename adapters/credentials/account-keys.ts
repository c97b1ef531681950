import { join } from 'node:path';
import { apiKeysFile, loadAccounts, type AccountSettings } from '../../config/api-keys.ts';
import { configFolder } from '../../config/paths.ts';
import { DeskError } from '../../core/errors.ts';
import { keyDigest, type AccountKeys } from '../exchange/account-keys.ts';
import { readKey, type Environment } from './read-key.ts';

export type KeyRing = Readonly<{
  accounts: readonly AccountSettings[];
  /** Folder of api-keys.yaml. */
  folder: string;
  environment: Environment;
}>;

/** The accounts of a config folder, with keys from this process's environment unless another is given. */
export const ringOf = (folder = configFolder(), environment: Environment = process.env): KeyRing => ({
  accounts: loadAccounts(folder),
  folder,
  environment,
});

/** The keys of an account. A paper account's must not be those of a live one under another reference. */
export async function keysOf(ring: KeyRing, account: AccountSettings): Promise<AccountKeys> {
  const keys = await readKeys(ring, account);
  if (account.mode === 'live') return keys;
  for (const live of ring.accounts.filter(({ mode }) => mode === 'live')) {
    // A live key that this process cannot read cannot be the same.
    const liveKeys = await readKeys(ring, live).catch((thrown: unknown) => {
      if (thrown instanceof DeskError) return undefined;
      throw thrown;
    });
    if (liveKeys === undefined || keyDigest(liveKeys) !== keyDigest(keys)) continue;
    throw new DeskError('NotAuthorized', 'a paper account has the key of a live one', {
      file: join(ring.folder, apiKeysFile),
      path: `accounts.${account.name}.api_key`,
      expected: 'a key of its own',
      found: `the key of accounts.${live.name}`,
    });
  }
  return keys;
}

async function readKeys({ folder, environment }: KeyRing, account: AccountSettings): Promise<AccountKeys> {
  const read = (field: 'api_key' | 'secret' | 'password') => {
    const reference = account[field];
    if (reference === undefined) return undefined;
    return readKey({ reference, path: `accounts.${account.name}.${field}`, folder, environment });
  };
  const [apiKey, secret, password] = await Promise.all([read('api_key'), read('secret'), read('password')]);
  if (apiKey === undefined || secret === undefined) throw new RangeError('the schema demands both');
  return { apiKey, secret, ...(password !== undefined && { password }) };
}
