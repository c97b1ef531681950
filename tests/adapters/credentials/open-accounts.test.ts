import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { consentText, giveLiveConsent } from '../../../adapters/credentials/live-consent.ts';
import { openAccounts } from '../../../adapters/credentials/open-accounts.ts';
import { readKey } from '../../../adapters/credentials/read-key.ts';
import { fundedAccount } from '../../../adapters/exchange/simulated/settings.ts';
import { startSimulatedExchange, type SimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import { loadAccounts } from '../../../config/api-keys.ts';
import { projectFolder } from '../../../config/paths.ts';

const root = mkdtempSync(join(tmpdir(), 'nightdesk-accounts-'));
afterAll(() => rmSync(root, { recursive: true }));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'desk-'));
});

const running: SimulatedExchange[] = [];
afterEach(async () => {
  for (const exchange of running.splice(0)) await exchange.close();
});

const trader = fundedAccount(3, 'trader');
const thief = fundedAccount(3, 'thief', { trade: true, withdraw: true });

async function simulatedExchange(): Promise<SimulatedExchange> {
  const simulated = await startSimulatedExchange({ accounts: [trader, thief], historyMinutes: 5 });
  running.push(simulated);
  return simulated;
}

const write = (yaml: string) => writeFileSync(join(folder, 'api-keys.yaml'), yaml);

const paperAt = (url: string, more = '') =>
  `accounts:\n  paper-spot:\n    venue: binance\n    base_url: ${url}\n    api_key: { env: KEY }\n    secret: { env: SECRET }\n${more}`;

const environment = { KEY: trader.apiKey, SECRET: trader.secret };

const open = (env: Readonly<Record<string, string>> = environment) =>
  openAccounts({ folder, stateFolder: folder, environment: env });

describe('api-keys.yaml', () => {
  test('the shipped file sets up no account', () => {
    expect(loadAccounts(join(projectFolder, 'config'))).toEqual([]);
  });

  test.each([
    [
      'a paper account without an address',
      'venue: binance\n    api_key: { env: A }\n    secret: { env: B }',
      'accounts.x.base_url',
    ],
    [
      'a key in place of its name',
      'venue: binance\n    api_key: a8f0c1d2e3\n    secret: { env: B }',
      'accounts.x.api_key',
    ],
    [
      'a key where a name is expected',
      'venue: binance\n    api_key: { env: a8f0c1d2e3 }\n    secret: { env: B }',
      'accounts.x.api_key.env',
    ],
    [
      'two references',
      'venue: binance\n    api_key: { env: A, file: a8f0c1d2e3 }\n    secret: { env: B }',
      'accounts.x.api_key',
    ],
    ['no secret', 'venue: binance\n    api_key: { env: A }', 'accounts.x.secret'],
    [
      'a live account over an open line',
      'venue: kraken\n    mode: live\n    base_url: http://10.0.0.1/kr\n    api_key: { env: A }\n    secret: { env: B }',
      'accounts.x.base_url',
    ],
    [
      'a live account with a short read lag',
      'venue: kraken\n    mode: live\n    read_lag_seconds: 1\n    api_key: { env: A }\n    secret: { env: B }',
      'accounts.x.read_lag_seconds',
    ],
    [
      'an address with a password in it',
      'venue: kraken\n    base_url: http://a:b@127.0.0.1/\n    api_key: { env: A }\n    secret: { env: B }',
      'accounts.x.base_url',
    ],
    [
      'an unknown key',
      'venue: kraken\n    base_url: http://127.0.0.1/\n    api_kay: { env: A }\n    secret: { env: B }',
      'accounts.x.api_key',
    ],
  ])('%s is refused by its path, and no key is repeated', (_what, yaml, path) => {
    write(`accounts:\n  x:\n    ${yaml}\n`);
    let thrown: unknown;
    try {
      loadAccounts(folder);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'BadInput', place: { file: join(folder, 'api-keys.yaml'), path } });
    expect(inspect(thrown)).not.toContain('a8f0c1d2e3');
  });

  test('a paper account may not use the reference of a live one', () => {
    const keys = 'api_key: { env: SAME }\n    secret: { env: S }';
    write(
      `accounts:\n  real:\n    venue: kraken\n    mode: live\n    ${keys}\n  paper:\n    venue: kraken\n    base_url: http://127.0.0.1:1/kr\n    ${keys}\n`,
    );
    expect(() => loadAccounts(folder)).toThrow(
      expect.objectContaining({
        code: 'BadInput',
        place: expect.objectContaining({ path: 'accounts.paper', found: 'the same reference as accounts.real' }),
      }),
    );
  });
});

describe('keys', () => {
  const read = (reference: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) =>
    readKey({ reference, path: 'accounts.x.secret', folder, environment: env });

  test('come from the environment, from a file of mode 0600, or from systemd', async () => {
    expect((await read({ env: 'K' }, { K: 'fromEnvironment' })).reveal()).toBe('fromEnvironment');
    writeFileSync(join(folder, 'key'), 'fromFile\n', { mode: 0o600 });
    expect((await read({ file: 'key' })).reveal()).toBe('fromFile');
    expect((await read({ file: join(folder, 'key') })).reveal()).toBe('fromFile');
    mkdirSync(join(folder, 'credentials'));
    writeFileSync(join(folder, 'credentials', 'main'), 'fromSystemd', { mode: 0o440 });
    expect((await read({ credential: 'main' }, { CREDENTIALS_DIRECTORY: join(folder, 'credentials') })).reveal()).toBe(
      'fromSystemd',
    );
  });

  test('of several lines are PEM blocks', async () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----';
    writeFileSync(join(folder, 'pem'), `${pem}\n`, { mode: 0o600 });
    expect((await read({ file: 'pem' })).reveal()).toBe(pem);
  });

  test.each([0o640, 0o604, 0o644, 0o660])('in a file of mode %o are refused', async (mode) => {
    writeFileSync(join(folder, 'key'), 'secretText');
    chmodSync(join(folder, 'key'), mode);
    const refused = read({ file: 'key' });
    await expect(refused).rejects.toMatchObject({
      code: 'NotAuthorized',
      place: {
        file: join(folder, 'api-keys.yaml'),
        path: 'accounts.x.secret',
        expected: 'mode 0600',
        found: `mode 0${mode.toString(8)}`,
      },
    });
    await expect(refused).rejects.not.toThrow('secretText');
  });

  test.each([
    ['a variable that is not set', { env: 'K' }, {}, 'no such variable'],
    ['an empty variable', { env: 'K' }, { K: ' ' }, 'an empty one'],
    ['a file that is not there', { file: 'nowhere' }, {}, 'ENOENT'],
    ['a folder', { file: '.' }, {}, 'something else'],
    ['a credential without systemd', { credential: 'main' }, {}, 'nothing'],
    ['a text with spaces', { env: 'K' }, { K: 'two words' }, 'something else'],
  ])('%s is refused', async (_what, reference, env, found) => {
    await expect(read(reference, env)).rejects.toMatchObject({
      code: 'NotAuthorized',
      place: { path: 'accounts.x.secret', found, expected: expect.any(String) },
    });
  });
});

describe('accounts', () => {
  test('are listed, and opened once each', async () => {
    write(paperAt(`${(await simulatedExchange()).url}/bspot`));
    const accounts = open();
    expect(accounts.list()).toEqual([{ account: 'paper-spot', venue: 'binance', mode: 'paper' }]);
    const first = await accounts.exchange('paper-spot');
    expect(await accounts.exchange('paper-spot')).toBe(first);
    expect(await first.balances()).not.toEqual([]);
    await accounts.close();
  });

  test('hear their own stream until they are closed, and keep no process alive', async () => {
    write(paperAt(`${(await simulatedExchange()).url}/bspot`));
    const script = fileURLToPath(new URL('hear-and-close.ts', import.meta.url));
    const env = { ...process.env, ...environment };
    const { stdout } = await promisify(execFile)(process.execPath, [script, folder], { env });
    expect(stdout).toBe('true, then false');
  });

  test('that nobody set up are named with the nearest', async () => {
    write(paperAt('http://127.0.0.1:1/bspot'));
    await expect(open().exchange('paper-spott')).rejects.toMatchObject({
      code: 'NotFound',
      place: { nearest: 'paper-spot' },
    });
  });

  test.each([
    ['binance', '/bspot', thief.apiKey, thief.secret],
    ['binanceusdm', '/bfut', thief.apiKey, thief.secret],
    ['kraken', '/kr', thief.krakenKey, thief.krakenSecret],
  ])('at %s are refused when their key can withdraw', async (venue, path, KEY, SECRET) => {
    write(paperAt(`${(await simulatedExchange()).url}${path}`).replace('venue: binance', `venue: ${venue}`));
    await expect(open({ KEY, SECRET }).exchange('paper-spot')).rejects.toMatchObject({
      code: 'NotAuthorized',
      message: 'this key can withdraw money',
      place: { file: join(folder, 'api-keys.yaml'), path: 'accounts.paper-spot.api_key' },
    });
  });

  test('are NotAuthorized with a key that the venue does not know, NotReachable where nobody answers, and asked again', async () => {
    const simulated = await simulatedExchange();
    write(paperAt(`${simulated.url}/bspot`));
    await expect(open({ KEY: 'nobody', SECRET: 'knows' }).exchange('paper-spot')).rejects.toMatchObject({
      code: 'NotAuthorized',
    });
    write(paperAt('http://127.0.0.1:1/bspot'));
    const accounts = open();
    await expect(accounts.exchange('paper-spot')).rejects.toMatchObject({ code: 'NotReachable' });
    await expect(accounts.exchange('paper-spot')).rejects.toMatchObject({ code: 'NotReachable' });
  });

  test('on paper may not have the key of a live one under another name', async () => {
    const live =
      '  real:\n    venue: binance\n    mode: live\n    api_key: { env: LIVE_KEY }\n    secret: { env: LIVE_SECRET }\n';
    write(paperAt(`${(await simulatedExchange()).url}/bspot`, live));
    const same = { ...environment, LIVE_KEY: trader.apiKey, LIVE_SECRET: trader.secret };
    await expect(open(same).exchange('paper-spot')).rejects.toMatchObject({
      code: 'NotAuthorized',
      place: { path: 'accounts.paper-spot.api_key', found: 'the key of accounts.real' },
    });
    const accounts = open({ ...same, LIVE_KEY: 'another' });
    await accounts.exchange('paper-spot');
    await accounts.close();
  });

  test('that are live trade only after a person typed the sentence for this very key', async () => {
    write(
      paperAt(`${(await simulatedExchange()).url}/bspot`).replace('venue: binance', 'venue: binance\n    mode: live'),
    );
    await expect(open().exchange('paper-spot')).rejects.toMatchObject({
      code: 'NotAuthorized',
      place: { path: 'paper-spot', found: 'nothing' },
    });
    const [account] = loadAccounts(folder);
    if (account === undefined) throw new Error('no account');
    const keys = { apiKey: createSecret(trader.apiKey), secret: createSecret(trader.secret) };
    const place = { account, keys, stateFolder: folder };
    await expect(giveLiveConsent(place, 'yes', 1)).rejects.toMatchObject({
      code: 'BadInput',
      place: { expected: 'trade real money on paper-spot' },
    });
    await expect(open().exchange('paper-spot')).rejects.toMatchObject({ code: 'NotAuthorized' });
    await giveLiveConsent(place, consentText(account), 1);
    const accounts = open();
    await accounts.exchange('paper-spot');
    await accounts.close();
    await expect(open({ ...environment, KEY: thief.apiKey }).exchange('paper-spot')).rejects.toMatchObject({
      code: 'NotAuthorized',
      place: { found: 'a yes for another key or venue' },
    });
  });

  test('at a venue without a deadline want an operator’s yes', async () => {
    write(paperAt(`${(await simulatedExchange()).url}/bspot`).replace('venue: binance', 'venue: binanceus'));
    await expect(open().exchange('paper-spot')).rejects.toMatchObject({
      code: 'BadInput',
      place: { path: 'accept_no_deadline' },
    });
    write(
      paperAt(`${(await simulatedExchange()).url}/bspot`, '    accept_no_deadline: true\n').replace(
        'venue: binance',
        'venue: binanceus',
      ),
    );
    const accounts = open();
    expect((await accounts.exchange('paper-spot')).traits.hasDeadline).toBe(false);
    await accounts.close();
  });
});
