import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { pollEveryMs } from '../../../activities/orders/poll-every.ts';
import { openExchange } from '../../../adapters/exchange/open-exchange.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import { loadOrderSettings } from '../../../config/orders.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-poll-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Nothing is asked: the traits are known before the first request. */
async function everyMs(venue: string, krakenTier: 'starter' | 'pro', seconds: number): Promise<number> {
  writeFileSync(join(folder, 'orders.yaml'), `reconcile: { orders_every_seconds: ${seconds} }\n`);
  const keys = { apiKey: createSecret('key'), secret: createSecret('c2VjcmV0') };
  const account = { name: 'main', venue, krakenTier, baseUrl: 'http://127.0.0.1:1/kr' };
  const exchange = await openExchange(account, keys);
  await exchange.close();
  return pollEveryMs(loadOrderSettings('main', folder), exchange.traits);
}

describe('how often open orders are asked for (orders.md 8: Kraken Starter each 10 s)', () => {
  test.each([
    ['kraken', 'starter', 5, 10_000],
    ['kraken', 'starter', 30, 30_000],
    ['kraken', 'pro', 5, 5_000],
    ['binance', 'starter', 5, 5_000],
  ] as const)('%s %s, %i s in the settings: %i ms', async (venue, tier, seconds, ms) => {
    expect(await everyMs(venue, tier, seconds)).toBe(ms);
  });
});
