import { inspect } from 'node:util';
import { openAccounts } from '../../../adapters/credentials/open-accounts.ts';
import { fundedAccount } from '../../../adapters/exchange/simulated/settings.ts';
import { startSimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Trades with the keys that its environment plants, through everything that can go wrong, and prints all that anybody
 * could print of it: outcomes, errors with their causes and stacks, the objects themselves. Ends by an error that
 * nobody catches.
 */
const [, , home = ''] = process.argv;
const { CANARY_KEY = '', CANARY_SECRET = '', CANARY_KRAKEN_KEY = '', CANARY_KRAKEN_SECRET = '' } = process.env;

const owner = {
  ...fundedAccount(1, 'main'),
  apiKey: CANARY_KEY,
  secret: CANARY_SECRET,
  krakenKey: CANARY_KRAKEN_KEY,
  krakenSecret: CANARY_KRAKEN_SECRET,
};
const simulated = await startSimulatedExchange({ accounts: [owner], historyMinutes: 5, rateLimits: false });

mkdirSync(join(home, 'config'));
const account = (venue: string, path: string, key: string, secret: string) =>
  `  ${venue}-main:\n    venue: ${venue}\n    base_url: ${simulated.url}${path}\n    kraken_tier: pro\n` +
  `    api_key: { env: ${key} }\n    secret: { env: ${secret} }\n`;
writeFileSync(
  join(home, 'config', 'api-keys.yaml'),
  `accounts:\n${account('binance', '/bspot', 'CANARY_KEY', 'CANARY_SECRET')}` +
    account('binanceusdm', '/bfut', 'CANARY_KEY', 'CANARY_SECRET') +
    account('kraken', '/kr', 'CANARY_KRAKEN_KEY', 'CANARY_KRAKEN_SECRET'),
);
const stateFolder = join(home, 'state');
const accounts = openAccounts({ folder: join(home, 'config'), stateFolder, timeoutMs: 500 });

const show = (value: unknown) => {
  process.stdout.write(`${inspect(value, { depth: 20, showHidden: true, getters: true })}\n${JSON.stringify(value)}\n`);
  if (value instanceof Error) process.stdout.write(`${String(value)}\n${value.stack ?? ''}\n`);
};

const symbols = { 'binance-main': 'BTC/USDT', 'binanceusdm-main': 'BTC/USDT:USDT', 'kraken-main': 'BTC/USD' };
const faults = [
  undefined,
  { kind: 'accept-then-reset' },
  { kind: 'accept-then-hang' },
  { kind: 'accept-then-5xx' },
  { kind: 'bad-json' },
  { kind: 'reset-before' },
  { kind: 'http', args: { status: 500, html: true } },
] as const;

let number = 0;
for (const [name, symbol] of Object.entries(symbols)) {
  const exchange = await accounts.exchange(name);
  show(exchange);
  show(await exchange.keyRights());
  for (const fault of faults) {
    number += 1;
    const timestampMs = await exchange.venueTimeMs();
    if (fault !== undefined)
      simulated.simulation.faults.add({ ...fault, match: { method: 'POST', path: 'rder' }, count: 1 });
    const intent = {
      clientOrderId: String(number).padStart(32, '0'),
      account: name,
      symbol,
      side: 'buy',
      type: 'market',
      amount: '0.01',
      timeInForce: 'GTC',
      reduceOnly: false,
      book: 'STR-001',
      reason: 'canary',
      seed: 'canary',
      leg: 'one',
      intentNumber: number,
    } as const;
    show(await exchange.createOrder(intent, { timestampMs, deadlineMs: timestampMs + 5_000 }));
    simulated.simulation.faults.clear();
    const tooLarge = { ...intent, clientOrderId: String(number + 1_000).padStart(32, '0'), amount: '5000' };
    show(await exchange.createOrder(tooLarge, { timestampMs, deadlineMs: timestampMs + 5_000 }));
    show(await exchange.cancelOrder(intent));
    simulated.simulation.faults.add({ kind: 'bad-json', count: 1 });
    show(await exchange.balances().catch((thrown: unknown) => thrown));
    simulated.simulation.faults.clear();
  }
}
show(accounts);
await simulated.close();
const last = await accounts.exchange('binance-main');
// Twice: the first may find its kept connection broken.
await last.balances().catch(show);
await last.balances();
