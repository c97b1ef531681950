import { join } from 'node:path';
import { apiKeysFile, type AccountSettings } from '../../config/api-keys.ts';
import { DeskError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import type { KeyRing } from './account-keys.ts';

/** The account of that name. NotFound, with the nearest name, where there is none. */
export function accountNamed({ accounts, folder }: KeyRing, name: string): AccountSettings {
  const found = accounts.find((account) => account.name === name);
  if (found !== undefined) return found;
  const names = accounts.map((account) => account.name);
  const nearest = nearestName(name, names);
  throw new DeskError('NotFound', `no account is called ${name}`, {
    file: join(folder, apiKeysFile),
    path: 'accounts',
    expected: names.length === 0 ? 'an account: none is set up' : `one of ${names.join(', ')}`,
    found: name,
    ...(nearest !== undefined && { nearest }),
  });
}
