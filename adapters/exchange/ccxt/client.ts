import type { Exchange as CcxtExchange } from 'ccxt';
import { DeskError } from '../../../core/errors.ts';
import { nearestName } from '../../../core/nearest.ts';
import { addressesBelow, hostsOf, originsOf, type Addresses } from './addresses.ts';
import { type AccountKeys, redactKeys } from '../account-keys.ts';
import { currentCall, type Attempt } from './attempt.ts';
import { openConnections, sendHttp } from './send-http.ts';

export type ClientOptions = Readonly<{
  /** As ccxt names it. */
  venue: string;
  mode: 'paper' | 'live';
  keys?: AccountKeys;
  /** Root below which everything leads; else the venue's own addresses. */
  baseUrl?: string;
  options: Readonly<Record<string, unknown>>;
  /** Figures of unified answers come as text. */
  textNumbers: boolean;
  /** With the sockets of ccxt.pro, for feeds. */
  sockets?: true;
  /** Of calls that say nothing else. */
  timeoutMs: number;
}>;

export type CcxtClient = Readonly<{
  ccxt: CcxtExchange;
  /** A text of the venue without the account's keys, should it echo them. */
  redact(text: string): string;
  close(): Promise<void>;
}>;

type ExchangeClass = new (settings: Readonly<Record<string, unknown>>) => CcxtExchange;

/**
 * One ccxt instance, whose requests go through our own HTTP: to its own addresses only, once, with neither ccxt's
 * limiter nor its retries. ccxt is loaded with the first one (0.4 s, 60 MB).
 */
export async function createClient(settings: ClientOptions): Promise<CcxtClient> {
  const { venue, mode, keys, baseUrl, options, textNumbers, sockets, timeoutMs } = settings;
  const { default: library, pro } = await import('ccxt');
  const { exchanges } = library;
  const classes = (sockets === true ? pro : library) as unknown as Readonly<Record<string, ExchangeClass>>;
  if (!exchanges.includes(venue)) throw unknownVenue(venue, exchanges);
  if (!Object.hasOwn(classes, venue)) throw noSockets(venue);
  const Exchange = classes[venue];
  const connections = openConnections();
  const ccxt = new Exchange({
    enableRateLimit: false,
    userAgent: 'nightdesk',
    // Ours decides; ccxt's only has to be later.
    timeout: 10 * 60_000,
    options,
    ...(textNumbers && { number: String }),
    ...(keys !== undefined && { apiKey: keys.apiKey.reveal(), secret: keys.secret.reveal() }),
    ...(keys?.password !== undefined && { password: keys.password.reveal() }),
  });
  if (mode === 'paper') refuseLiveHosts(ccxt, baseUrl);
  if (baseUrl !== undefined) {
    const stock = ccxt.urls['api'] as Addresses;
    ccxt.urls['api'] = addressesBelow(venue, baseUrl, stock) as (typeof ccxt.urls)['api'];
  }
  const origins = () => originsOf(imploded(ccxt.urls['api'], ccxt.hostname));
  ccxt.fetchImplementation = async (address: string, { method, headers, body }: FetchOptions) => {
    const attempt: Attempt = { sent: false, headers: {} };
    const call = currentCall();
    call?.attempts.push(attempt);
    const url = new URL(address);
    if (!origins().has(url.origin)) {
      attempt.problem = `${url.hostname} is not an address of this account`;
      throw new Error(attempt.problem);
    }
    const { timeoutMs: ownTimeoutMs = timeoutMs, signal } = call ?? {};
    await sendHttp(
      { url, method, headers: headers ?? {}, body, timeoutMs: ownTimeoutMs, signal },
      attempt,
      connections,
    );
    const { status = 0, text, problem = 'no answer' } = attempt;
    if (text === undefined) throw new Error(problem);
    return { status, statusText: String(status), headers: new Headers(given(attempt.headers)), text: async () => text };
  };
  return {
    ccxt,
    redact: (text) => (keys === undefined ? text : redactKeys(keys, text)),
    close: async () => {
      connections.close();
    },
  };
}

const given = (headers: Attempt['headers']) =>
  Object.entries(headers).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]));

type FetchOptions = Readonly<{ method: string; headers?: Readonly<Record<string, string>>; body?: string }>;

function imploded(addresses: Addresses, hostname: string | undefined): Addresses {
  if (typeof addresses === 'string') return addresses.replaceAll('{hostname}', hostname ?? '');
  return Object.fromEntries(Object.entries(addresses).map(([name, inner]) => [name, imploded(inner, hostname)]));
}

/** Hosts under the same registered name as a live one are live too, unless ccxt knows them as test hosts. */
function refuseLiveHosts({ id, urls, hostname }: CcxtExchange, baseUrl: string | undefined): void {
  const expected = 'a base_url of a simulated exchange or test net, or mode: live';
  if (baseUrl === undefined) {
    throw new DeskError('BadInput', `a paper account cannot trade at ${id} itself`, { path: 'base_url', expected });
  }
  const host = new URL(baseUrl).hostname;
  const hostsIn = (part: unknown) => hostsOf(imploded((part ?? {}) as Addresses, hostname));
  if ([urls['test'], urls['demo']].some((part) => hostsIn(part).has(host))) return;
  const live = [...hostsIn(urls['api'])].map(registered);
  if (!live.includes(registered(host))) return;
  throw new DeskError('BadInput', `a paper account may not reach ${id}`, { path: 'base_url', expected, found: host });
}

const registered = (host: string) => host.split('.').slice(-2).join('.');

function unknownVenue(venue: string, known: readonly string[]): DeskError {
  const nearest = nearestName(venue, known);
  return new DeskError('BadInput', `no venue is called ${venue}`, {
    path: 'venue',
    expected: 'the id of an exchange of ccxt, as binance, binanceusdm or kraken',
    found: venue,
    ...(nearest !== undefined && { nearest }),
  });
}

const noSockets = (venue: string) =>
  new DeskError('BadInput', `ccxt has no sockets of ${venue}`, {
    path: 'venue',
    expected: 'a venue of ccxt.pro',
    found: venue,
  });
