import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { AccountSettings } from '../../config/api-keys.ts';
import { DeskError } from '../../core/errors.ts';
import { keyDigest, type AccountKeys } from '../exchange/account-keys.ts';

/** What a person types before an account may trade real money. */
export const consentText = ({ name }: Pick<AccountSettings, 'name'>): string => `trade real money on ${name}`;

const shape = z.record(z.string(), z.strictObject({ venue: z.string(), key: z.string(), atMs: z.number() }));

const fileOf = (stateFolder: string) => join(stateFolder, 'live-accounts.json');

export type ConsentPlace = Readonly<{ account: AccountSettings; keys: AccountKeys; stateFolder: string }>;

/**
 * Writes down that a person allowed this account, at this venue, with this key, to trade real money. Refused (BadInput)
 * unless `typed` is the sentence of `consentText`. Another key needs a new yes.
 */
export async function giveLiveConsent(
  { account, keys, stateFolder }: ConsentPlace,
  typed: string,
  atMs: number,
): Promise<void> {
  const expected = consentText(account);
  if (typed.trim() !== expected) {
    throw new DeskError('BadInput', 'not confirmed', { path: 'confirmation', expected, found: typed.slice(0, 80) });
  }
  const file = fileOf(stateFolder);
  const given = await read(file);
  const all = { ...given, [account.name]: { venue: account.venue, key: keyDigest(keys), atMs } };
  await mkdir(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(all, undefined, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, file);
}

/** Refused (NotAuthorized) unless a person allowed exactly this account, venue and key. */
export async function requireLiveConsent({ account, keys, stateFolder }: ConsentPlace): Promise<void> {
  const file = fileOf(stateFolder);
  const given = (await read(file))[account.name];
  if (given?.venue === account.venue && given.key === keyDigest(keys)) return;
  throw new DeskError('NotAuthorized', `nobody has allowed ${account.name} to trade real money with this key`, {
    file,
    path: account.name,
    expected: `nightdesk accounts allow ${account.name}, and the sentence "${consentText(account)}"`,
    found: given === undefined ? 'nothing' : 'a yes for another key or venue',
  });
}

async function read(file: string): Promise<z.output<typeof shape>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}';
    throw error;
  });
  const given = shape.safeParse(parsed(text));
  if (given.success) return given.data;
  throw new DeskError('BadInput', 'the record of live accounts is damaged', {
    file,
    expected: 'what nightdesk wrote; remove the file and allow each live account again',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
