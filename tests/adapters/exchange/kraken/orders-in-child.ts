import { openExchange } from '../../../../adapters/exchange/open-exchange.ts';
import { createSecret } from '../../../../adapters/http/secret.ts';
import { intentOf, low, submissionOf } from '../../../contracts/exchange/stand.ts';

/** Sends so many resting orders at Kraken's account, several at once, cancels each, and prints what did not go well. */
const [, , baseUrl = '', stateFolder = '', apiKey = '', secret = '', name = '', orders = '0'] = process.argv;
const account = { name, venue: 'kraken', baseUrl, krakenTier: 'pro' } as const;
const keys = { apiKey: createSecret(apiKey), secret: createSecret(secret) };
const exchange = await openExchange(account, keys, { stateFolder });
await exchange.markets();
await exchange.venueTimeMs();
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
const failed: unknown[] = [];
const oneOrder = async (count: number) => {
  const clientOrderId = `${name}${count}`.padStart(32, '0');
  const intent = intentOf({ symbol: 'BTC/USD' }, { ...low, amount: '0.001', clientOrderId });
  const sent = await exchange.createOrder(intent, await submissionOf({ exchange }));
  if (sent.kind !== 'accepted') failed.push(sent);
  const canceled = await exchange.cancelOrder({ symbol: 'BTC/USD', clientOrderId });
  if (canceled.kind !== 'canceled') failed.push(canceled);
};
await Promise.all(Array.from({ length: Number(orders) }, (_, count) => oneOrder(count)));
await exchange.close();
process.stdout.write(`${JSON.stringify(failed)}\n`);
process.stdin.destroy();
