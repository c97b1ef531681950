import { join } from 'node:path';
import { z } from 'zod';
import { DeskError } from '../core/errors.ts';
import { loadSettings } from './load.ts';
import { configFolder } from './paths.ts';

const oneOf = 'one of env (name of a variable), file (path), credential (name of a systemd credential)';

/** Where a key is, never the key. */
const reference = z
  .strictObject({
    env: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'the name of an environment variable (capitals, digits, _)'),
    file: z.string().min(1).max(1024),
    credential: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'the name of a systemd credential'),
  })
  .partial()
  .refine((given) => Object.keys(given).length === 1, oneOf);

export type KeyReference = Readonly<z.output<typeof reference>>;

const isBaseUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && [search, hash, username, password].every((part) => part === '');
};

const accountSchema = z.strictObject({
  venue: z.string().regex(/^[a-z0-9]{1,40}$/, 'the id of an exchange of ccxt, as binance, binanceusdm or kraken'),
  mode: z.enum(['paper', 'live']).default('paper'),
  base_url: z
    .string()
    .max(300)
    .refine(isBaseUrl, 'http(s)://host[:port][/path], as http://127.0.0.1:7711/bspot')
    .optional(),
  api_key: reference,
  secret: reference,
  password: reference.optional(),
  kraken_tier: z.enum(['starter', 'intermediate', 'pro']).default('starter'),
  read_lag_seconds: z.number().min(0).max(60).default(3),
  accept_unknown_rights: z.boolean().default(false),
  accept_no_deadline: z.boolean().default(false),
});

/** Keys as in config/api-keys.yaml, where each is explained. */
const schema = z.strictObject({
  accounts: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'a name of small letters, digits and -'), accountSchema)
    .default({}),
});

export type AccountSettings = Readonly<z.output<typeof accountSchema>> & Readonly<{ name: string }>;

/** Real venues show an accepted order seconds late at times (ccxt #1786). */
const leastLiveLagSeconds = 3;

export const apiKeysFile = 'api-keys.yaml';

/** Fields whose wrong value may be a key that somebody put there: it is not repeated. */
const mayHoldKey = /^accounts\.[^.]*(\.(api_key|secret|password)(\.|$)|$)/;

/** The accounts, in the order of the file. */
export function loadAccounts(folder = configFolder()): readonly AccountSettings[] {
  const { accounts } = hidingKeys(() => loadSettings(apiKeysFile, schema, folder));
  const list = Object.entries(accounts).map(([name, settings]) => ({ name, ...settings }));
  const file = join(folder, apiKeysFile);
  for (const each of list) checkAccount(each, file);
  for (const live of list.filter(({ mode }) => mode === 'live')) {
    const paper = list.find((other) => other.mode === 'paper' && shares(other, live));
    if (paper !== undefined) throw sharedReference(paper, live, file);
  }
  return list;
}

function hidingKeys<Result>(load: () => Result): Result {
  try {
    return load();
  } catch (thrown) {
    if (!(thrown instanceof DeskError) || !mayHoldKey.test(thrown.place.path ?? '')) throw thrown;
    const { found: _hidden, nearest: _alsoHidden, ...place } = thrown.place;
    throw new DeskError(thrown.code, thrown.message, { ...place, found: 'something else, not shown: it may be a key' });
  }
}

function checkAccount(account: AccountSettings, file: string): void {
  const { name, mode, base_url: baseUrl, read_lag_seconds: lag } = account;
  const path = `accounts.${name}.base_url`;
  if (mode === 'live' && lag < leastLiveLagSeconds) {
    throw new DeskError('BadInput', 'too short to tell a lost order from a late one', {
      file,
      path: `accounts.${name}.read_lag_seconds`,
      expected: `at least ${leastLiveLagSeconds} on a live account`,
      found: String(lag),
    });
  }
  if (mode === 'paper' && baseUrl === undefined) {
    throw new DeskError('BadInput', 'a paper account has no venue to trade on', {
      file,
      path,
      expected: 'the address of a simulated exchange or test net, as http://127.0.0.1:7711/bspot',
      found: 'nothing',
    });
  }
  if (mode === 'live' && baseUrl?.startsWith('http:') === true && !isLoopback(baseUrl)) {
    throw new DeskError('BadInput', 'keys of a live account would go over an open line', {
      file,
      path,
      expected: 'https',
      found: 'http',
    });
  }
}

const isLoopback = (url: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname);

const references = ({ api_key, secret, password }: AccountSettings): readonly string[] =>
  [api_key, secret, password].filter((each) => each !== undefined).map((each) => JSON.stringify(each));

const shares = (one: AccountSettings, other: AccountSettings): boolean =>
  references(one).some((each) => references(other).includes(each));

const sharedReference = (paper: AccountSettings, live: AccountSettings, file: string) =>
  new DeskError('BadInput', `a paper account uses a key of the live account ${live.name}`, {
    file,
    path: `accounts.${paper.name}`,
    expected: 'keys of its own',
    found: `the same reference as accounts.${live.name}`,
  });
