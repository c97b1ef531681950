import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { apiKeysFile, type KeyReference } from '../../config/api-keys.ts';
import { DeskError } from '../../core/errors.ts';
import { createSecret, type Secret } from '../http/secret.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a key is looked for, and where the reference to it stands. */
export type KeyPlace = Readonly<{
  reference: KeyReference;
  /** As `accounts.kraken-main.secret`. */
  path: string;
  /** Folder of api-keys.yaml, from which relative paths go. */
  folder: string;
  environment: Environment;
}>;

const longest = 16 * 1024;

/** Printable text without spaces, or a PEM block (Ed25519 and RSA keys of Binance). */
const keyPattern = /^(?:[\x21-\x7e]{1,1024}|-----BEGIN [A-Z ]+-----\n[A-Za-z0-9+/=\n]+-----END [A-Z ]+-----)$/;

/** The key behind a reference. Refused (NotAuthorized) where it is not there, others can read it, or it is no key. */
export async function readKey(place: KeyPlace): Promise<Secret> {
  const value = (await textOf(place)).trim();
  if (keyPattern.test(value)) return createSecret(value);
  const expected = 'up to 1024 printable characters without spaces, or a PEM block';
  throw refusal(place, 'no key can look like this', { expected, found: value === '' ? 'nothing' : 'something else' });
}

async function textOf(place: KeyPlace): Promise<string> {
  const { reference, folder, environment } = place;
  if (reference.env !== undefined) {
    const value = environment[reference.env];
    if (value !== undefined && value.trim() !== '') return value;
    const expected = `the environment variable ${reference.env} with the key`;
    throw refusal(place, 'the key is not there', {
      expected,
      found: value === undefined ? 'no such variable' : 'an empty one',
    });
  }
  if (reference.file !== undefined) {
    const file = isAbsolute(reference.file) ? reference.file : join(folder, reference.file);
    return readFileOf(place, file, checkOwnFile);
  }
  const directory = environment['CREDENTIALS_DIRECTORY'];
  if (directory === undefined || directory === '') {
    throw refusal(place, 'systemd gave this process no credentials', {
      expected: 'CREDENTIALS_DIRECTORY (LoadCredential= in the unit)',
      found: 'nothing',
    });
  }
  return readFileOf(place, join(directory, reference.credential ?? ''), checkCredential);
}

type Check = (place: KeyPlace, file: string, stats: Stats) => void;

/** What is checked is what is read: one open file. Waits for no pipe. */
async function readFileOf(place: KeyPlace, file: string, check: Check): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no access';
    throw refusal(place, 'the key cannot be read', { expected: `a file ${file}`, found: code });
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > longest) {
      const expected = `a plain file of up to ${longest} bytes`;
      throw refusal(place, `${file} is no file with a key`, {
        expected,
        found: stats.isFile() ? `${stats.size} bytes` : 'something else',
      });
    }
    // Windows has no such modes.
    if (process.platform !== 'win32') check(place, file, stats);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

const octal = (mode: number) => (mode & 0o777).toString(8).padStart(4, '0');

function checkOwnFile(place: KeyPlace, file: string, { mode, uid }: Stats): void {
  if ((mode & 0o077) !== 0) {
    throw refusal(place, `others can read ${file}`, { expected: 'mode 0600', found: `mode ${octal(mode)}` });
  }
  const own = process.getuid?.();
  if (own !== undefined && uid !== own && uid !== 0) {
    throw refusal(place, `${file} belongs to somebody else`, { expected: `owner ${own}`, found: `owner ${uid}` });
  }
}

/** systemd lets a user's group read where it has to set access lists; nobody else. */
function checkCredential(place: KeyPlace, file: string, { mode }: Stats): void {
  if ((mode & 0o007) === 0) return;
  throw refusal(place, `everybody can read ${file}`, { expected: 'mode 0400', found: `mode ${octal(mode)}` });
}

const refusal = (
  { path, folder }: KeyPlace,
  message: string,
  what: Readonly<{ expected: string; found: string }>,
): DeskError => new DeskError('NotAuthorized', message, { file: join(folder, apiKeysFile), path, ...what });
