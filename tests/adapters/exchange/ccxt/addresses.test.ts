import { pro } from 'ccxt';
import { describe, expect, test } from 'vitest';
import { addressesBelow, hostsOf, nowhere, type Addresses } from '../../../../adapters/exchange/ccxt/addresses.ts';
import { createClient } from '../../../../adapters/exchange/ccxt/client.ts';

const local = 'http://127.0.0.1:7711/root';

const clientAt = (venue: string, baseUrl: string | undefined, mode: 'paper' | 'live' = 'paper') =>
  createClient({
    venue,
    mode,
    options: {},
    textNumbers: false,
    timeoutMs: 1_000,
    ...(baseUrl !== undefined && { baseUrl }),
  });

describe('a client that is pointed at a stand-in', () => {
  test.each(['binance', 'binanceusdm', 'kraken'])('%s has no real host left, feeds included', (venue) => {
    const classes = pro as unknown as Readonly<Record<string, new () => { urls: { api: Addresses } }>>;
    const stock = new (classes[venue] ?? pro.binance)().urls.api;
    expect(hostsOf(stock).size).toBeGreaterThan(1);
    const hosts = hostsOf(addressesBelow(venue, local, stock));
    expect([...hosts].toSorted()).toEqual(['127.0.0.1', nowhere]);
  });

  test.each(['bybit', 'okx', 'coinbase', 'bitget', 'gate'])('%s keeps its paths and loses its hosts', async (venue) => {
    const { ccxt: client, close } = await clientAt(venue, local);
    expect([...hostsOf(client.urls['api'] as Addresses)]).toEqual(['127.0.0.1']);
    await close();
  });

  test('refuses to ask any other host, whatever address ccxt is given', async () => {
    const { ccxt: client, close } = await clientAt('kraken', local);
    await expect(client.fetch('https://api.kraken.com/0/public/Time')).rejects.toThrow(
      'api.kraken.com is not an address of this account',
    );
    await close();
  });
});

describe('a paper account', () => {
  test.each([
    ['binance', undefined],
    ['binance', 'https://api.binance.com'],
    ['binance', 'https://api3.binance.com'],
    ['binanceusdm', 'https://fapi.binance.com'],
    ['kraken', 'https://api.kraken.com'],
  ])('of %s cannot be opened at %s', async (venue, baseUrl) => {
    await expect(clientAt(venue, baseUrl)).rejects.toMatchObject({ code: 'BadInput', place: { path: 'base_url' } });
  });

  test.each([
    ['binance', 'https://testnet.binance.vision'],
    ['binanceusdm', 'https://testnet.binancefuture.com'],
    ['kraken', 'http://exchange:7711/kr'],
  ])('of %s can be opened at %s', async (venue, baseUrl) => {
    const { ccxt: client, close } = await clientAt(venue, baseUrl);
    expect(hostsOf(client.urls['api'] as Addresses)).toContain(new URL(baseUrl).hostname);
    await close();
  });

  test('a venue that nobody knows is named with the nearest', async () => {
    await expect(clientAt('krakn', local)).rejects.toMatchObject({
      code: 'BadInput',
      place: { found: 'krakn', nearest: 'kraken' },
    });
  });
});
