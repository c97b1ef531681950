import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { openExchange } from '../../../adapters/exchange/open-exchange.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import { projectFolder } from '../../../config/paths.ts';

const folder = join(projectFolder, 'tests/fixtures/messages');

const filed = (name: string) =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as Readonly<Record<string, unknown>>;

const binance = filed('nautilus-binance-answers.json');
const kraken = filed('nautilus-kraken-answers.json');

const named = (answers: typeof binance, name: string): unknown => {
  if (!Object.hasOwn(answers, name)) throw new Error(`no recorded answer ${name}`);
  return answers[name];
};

/** Answers of venues' REST by the name that their source gave them. */
export const spotAnswer = (name: string) => named(binance, `spot/http_json/${name}.json`);
export const usdmAnswer = (name: string) => named(binance, `futures/http_json/${name}.json`);
export const krakenAnswer = (name: string) => named(kraken, `http_${name}.json`);

/** The list of markets that a recorded session began with. */
export function recordedMarkets(name: 'BINANCE' | 'BINANCE_FUTURES' | 'KRAKEN'): unknown {
  const text = gunzipSync(readFileSync(join(folder, `${name}.instruments.txt.gz`))).toString('utf8');
  return JSON.parse(text.slice(text.indexOf(': ') + 2));
}

/** By `GET /api/v3/account`. */
export type Answers = Readonly<Record<string, unknown>>;

/** The account at a venue that answers each request with what was recorded of it, and 404 to all else. */
export async function openRecorded(venue: 'binance' | 'binanceusdm' | 'kraken', answers: Answers) {
  const server = createServer((request, response) => {
    const key = `${request.method} ${request.url?.split('?')[0]}`;
    const known = Object.hasOwn(answers, key);
    request.resume();
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? answers[key] : { code: -1, msg: `not recorded: ${key}`, error: ['ENone'] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const keys = { apiKey: createSecret('recorded'), secret: createSecret('cmVjb3JkZWQ=') };
  const exchange = await openExchange({ name: 'test', venue, baseUrl: `http://127.0.0.1:${port}` }, keys);
  onTestFinished(async () => {
    await exchange.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return exchange;
}
