import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openExchange } from '../../../adapters/exchange/open-exchange.ts';
import { binanceSpotRates } from '../../../adapters/exchange/rate-budget/binance.ts';
import { krakenRates } from '../../../adapters/exchange/rate-budget/kraken.ts';
import { createRateBudget, machineMs } from '../../../adapters/exchange/rate-budget/rate-budget.ts';
import type { PricedCall, RateRules } from '../../../adapters/exchange/rate-budget/rules.ts';
import { startSimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { createBinanceRest } from '../../../adapters/feeds/binance/rest.ts';
import { spotSide } from '../../../adapters/feeds/binance/side.ts';
import { fetchToken } from '../../../adapters/feeds/kraken/token.ts';
import { createJsonClient } from '../../../adapters/feeds/rest.ts';
import { createSharedRates, openSharedRates } from '../../../adapters/feeds/shared-rates.ts';
import { systemTimers } from '../../../adapters/feeds/timers.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import { listenOn } from './replay-server.ts';

const keys = { apiKey: createSecret('K3YK3YK3YK3Y'), secret: createSecret('c2VjcmV0') };
const { signal } = new AbortController();

/** A venue that answers as it is told, and the paths that it was asked for. */
async function venueThat(answer: RequestListener): Promise<Readonly<{ baseUrl: string; asked: string[] }>> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  const port = await listenOn(server);
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { baseUrl: `http://127.0.0.1:${port}`, asked };
}

/** An address whose time stands still: what is used stays used, and who has to wait is refused. */
function budgetOf(rules: RateRules, address: string) {
  const atMs = machineMs();
  const budget = createRateBudget({
    nowMs: () => atMs,
    pauseFor: () => Promise.reject(new Error('it had to wait')),
  });
  const scopes = { address, key: `${address} key`, shiftMs: 0 };
  const spend = (call: Omit<PricedCall, 'api' | 'method'> & Partial<PricedCall>) =>
    budget.spend(rules.charges({ api: 'public', method: 'GET', ...call }, scopes), call.purpose);
  return { budget, spend };
}

/** The venue's windows begin as this machine's do. */
const nowMs = machineMs;

function binanceAt(baseUrl: string) {
  const { budget, spend } = budgetOf(binanceSpotRates, `binance ${new URL(baseUrl).host}`);
  const rates = createSharedRates({ venue: 'binance', baseUrl }, budget, nowMs);
  const ask = createJsonClient(baseUrl, { requests: 10_000, perMs: 1, burst: 10_000 }, systemTimers, rates);
  const read = (weight: number) => spend({ path: 'account', params: {}, purpose: 'read', weight });
  return { budget, spend, ask, read, rest: createBinanceRest(spotSide, ask, Date.now) };
}

const noRoom = { failure: { kind: 'rateLimited' } };
const book = '{"lastUpdateId":7,"bids":[],"asks":[]}';

describe('a feed and the orders of its address', () => {
  test('share the weight: what snapshots took is not there for reads, and the reserve is left alone', async () => {
    const { baseUrl } = await venueThat((_, response) => response.end(book));
    const { rest, read, spend } = binanceAt(baseUrl);
    // Reads have 70 % of 6,000; a book of 1,000 levels weighs 50.
    for (let books = 0; books < 4; books++) await rest.snapshot('BTCUSDT', signal);
    await read(4_000);
    await expect(read(1)).rejects.toThrow(/had to wait|no room/);
    await spend({ path: 'order', params: {}, purpose: 'cancel', weight: 1_400 });
  });

  test('where reads have taken it, a feed is told to try again later and asks nothing', async () => {
    const { baseUrl, asked } = await venueThat((_, response) => response.end(book));
    const { rest, read, budget } = binanceAt(baseUrl);
    await read(4_151);
    budget.pause(`binance ${new URL(baseUrl).host}`, 90_000);
    await expect(rest.snapshot('BTCUSDT', signal)).rejects.toMatchObject({
      code: 'RateLimited',
      place: { expected: 'another try in 90 s' },
    });
    expect(asked).toEqual([]);
  });

  test('hear of the weight that the venue has counted for the address', async () => {
    const headers = { 'x-mbx-used-weight-1m': '4190' };
    const { baseUrl } = await venueThat((_, response) => response.writeHead(200, headers).end(book));
    const { rest, read } = binanceAt(baseUrl);
    await rest.snapshot('BTCUSDT', signal);
    await read(10);
    await expect(read(1)).rejects.toThrow(/had to wait|no room/);
  });

  test.each([
    { status: 429, headers: { 'retry-after': '30' }, code: 'RateLimited', purpose: 'cancel' },
    { status: 418, headers: { 'retry-after': '600' }, code: 'RateLimited', purpose: 'cancel' },
    { status: 403, headers: {}, code: 'BadInput', purpose: 'read' },
  ] as const)('keep still together after $status', async ({ status, headers, code, purpose }) => {
    const { baseUrl } = await venueThat((_request, response) => response.writeHead(status, headers).end('<html>'));
    const { rest, spend } = binanceAt(baseUrl);
    await expect(rest.snapshot('BTCUSDT', signal)).rejects.toMatchObject({ code });
    await expect(spend({ path: 'order', params: {}, purpose })).rejects.toMatchObject(noRoom);
  });

  test('at the same root, in the same file', async () => {
    const exchange = await startSimulatedExchange({ seed: 3, source: { kind: 'scripted' } });
    const stateFolder = mkdtempSync(join(tmpdir(), 'nightdesk-rates-'));
    const [account] = exchange.accounts;
    const baseUrl = `${exchange.url}/bspot`;
    const own = { apiKey: createSecret(account?.apiKey ?? ''), secret: createSecret(account?.secret ?? '') };
    const venue = await openExchange({ name: 'a', venue: 'binance', baseUrl }, own, { stateFolder });
    const rates = openSharedRates({ venue: 'binance', baseUrl, keys: own }, stateFolder);
    onTestFinished(async () => {
      rates.close();
      await venue.close();
      await exchange.close();
      rmSync(stateFolder, { recursive: true });
    });
    await venue.balances();
    rates.heard({ path: '/api/v3/depth' }, { status: 429, headers: { 'retry-after': '600' }, text: '' });
    await expect(venue.balances()).rejects.toMatchObject(noRoom);
  });
});

describe('at Kraken', () => {
  const address = (baseUrl: string) => `kraken ${new URL(baseUrl).host}`;

  function krakenAt(baseUrl: string) {
    const rules = krakenRates('starter');
    const { budget, spend } = budgetOf(rules, address(baseUrl));
    const rates = createSharedRates({ venue: 'kraken', baseUrl, keys }, budget, nowMs);
    const ask = createJsonClient(baseUrl, { requests: 10_000, perMs: 1, burst: 10_000 }, systemTimers, rates);
    return { spend, ask };
  }

  test('public calls of an address count together', async () => {
    const { baseUrl } = await venueThat((_, response) => response.end('{"error":[],"result":{}}'));
    const { ask, spend } = krakenAt(baseUrl);
    // Reads have 70 % of 15.
    for (let asked = 0; asked < 6; asked++) await ask({ path: '/0/public/Ticker' }, signal);
    for (let asked = 0; asked < 4; asked++) await spend({ path: 'Depth', params: {}, purpose: 'read' });
    await expect(spend({ path: 'Depth', params: {}, purpose: 'read' })).rejects.toThrow(/had to wait|no room/);
  });

  test('a refusal in an answer that has status 200 is heard', async () => {
    const limited = '{"error":["EAPI:Rate limit exceeded"]}';
    const { baseUrl } = await venueThat((_, response) => response.end(limited));
    const { ask, spend } = krakenAt(baseUrl);
    await ask({ path: '/0/public/Ticker' }, signal);
    await expect(spend({ path: 'Depth', params: {}, purpose: 'read' })).rejects.toMatchObject(noRoom);
  });

  test('the token of the own stream is paid by its key, before it is signed', async () => {
    const { baseUrl, asked } = await venueThat((_, response) =>
      response.end('{"error":[],"result":{"token":"T0K","expires":900}}'),
    );
    const { ask } = krakenAt(baseUrl);
    // A starter's reads have 70 % of 15 calls.
    for (let call = 0; call < 10; call++) await fetchToken({ ask, access: { keys } }, signal);
    await expect(fetchToken({ ask, access: { keys } }, signal)).rejects.toMatchObject({ code: 'NotReachable' });
    expect(asked).toHaveLength(10);
  });
});

test('a venue that we have no rates of is a defect', () => {
  const budget = createRateBudget();
  onTestFinished(budget.close);
  expect(() => createSharedRates({ venue: 'okx' }, budget)).toThrow('a venue without rates');
});
