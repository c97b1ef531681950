import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { SimulationOptions } from '../../../adapters/exchange/simulated/settings.ts';
import { openSqliteOrderStore } from '../../../adapters/store/sqlite/index.ts';
import { type DevServer, startDevServer } from '../../../adapters/temporal/server/dev-server.ts';
import { freePort } from '../../../adapters/temporal/server/ports.ts';
import type { OrderSettings } from '../../../config/orders.ts';
import type { OrderStore } from '../../../core/ports/order-store.ts';
import type { VenueTraits } from '../../../core/ports/exchange.ts';
import { type Proxy, startProxy } from '../proxy.ts';
import type { PlantedBug } from './planted.ts';
import { type Strike, strikeText } from './port-calls.ts';
import { launch, type Victim } from './processes.ts';
import { binanceSpot, type ChaosVenue } from './venues.ts';
import type { ChaosWorker } from './worker-settings.ts';

/** Where an episode plays: real processes, a proxy on each link, and the hand on all of them. */
export type Stage = Readonly<{
  folder: string;
  /** File with all workflow code. */
  bundle: string;
  /** To the server itself: the supervisor's own way is never disturbed. */
  client: Client;
  links: Readonly<Record<'exchange' | 'server-0' | 'server-1', Proxy>>;
  store: OrderStore;
  storeFile: string;
  venue: ChaosVenue;
  /** Of the exchange itself, and of its control API. */
  url: string;
  control: string;
  keys: Readonly<{ apiKey: string; secret: string }>;
  /** Starts worker 0 or 1 in place of what was there; resolves when it polls. */
  startWorker(index: 0 | 1, strike?: Strike): Promise<Victim>;
  workers: (Victim | undefined)[];
  /** SIGKILL; resolves when it is gone. */
  killServer(): Promise<void>;
  /** On its port and file again. */
  startServer(): Promise<void>;
  /** Time passes at the venue. */
  advance(ms: number): Promise<void>;
  fault(body: object): Promise<void>;
  clearFaults(): Promise<void>;
  /** Wire clock of the venue. */
  venueMs(): Promise<number>;
  /** Somebody else's market order on the account. */
  tradeByHand(side: 'buy' | 'sell'): Promise<void>;
  /** Port calls that a worker has made since it was started. */
  callsFile(index: 0 | 1): string;
  close(): Promise<void>;
}>;

export type StageOptions = Readonly<{
  venue?: ChaosVenue;
  exchange?: SimulationOptions;
  settings: OrderSettings;
  traits?: Partial<VenueTraits>;
  planted?: PlantedBug;
  onLine?: (line: string) => void;
}>;

const entries = {
  exchange: fileURLToPath(new URL('./exchange-process.ts', import.meta.url)),
  worker: fileURLToPath(new URL('./worker.ts', import.meta.url)),
  workflows: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
};

type Ready = Readonly<{
  url: string;
  control: string;
  accounts: readonly [Readonly<Record<ChaosVenue['keys'][number], string>>];
}>;

export async function openStage({
  venue = binanceSpot,
  exchange = {},
  settings,
  traits,
  planted,
  onLine = () => {},
}: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-chaos-orders-'));
  const market = launch({
    entry: entries.exchange,
    args: [JSON.stringify({ historyMinutes: 120, rateLimits: false, ...exchange })],
    isReady: (line) => line.startsWith('{'),
  });
  const place = { port: await freePort(), uiPort: 'none', dbFile: join(folder, 'temporal.db') } as const;
  let server: DevServer = await startDevServer(place);
  const [ready, bundle] = await Promise.all([market.ready, bundleAt(join(folder, 'workflows.js'))]);
  const { url, control, accounts } = JSON.parse(ready) as Ready;
  const [apiKey, secret] = venue.keys;
  const keys = { apiKey: accounts[0][apiKey], secret: accounts[0][secret] };
  const links = {
    exchange: await startProxy({ port: Number(new URL(url).port) }),
    'server-0': await startProxy({ port: place.port }),
    'server-1': await startProxy({ port: place.port }),
  };
  const storeFile = join(folder, 'orders.sqlite');
  const store = openSqliteOrderStore(storeFile);
  const connection = await Connection.connect({ address: server.address });
  const workers: (Victim | undefined)[] = [undefined, undefined];
  const callsFile = (index: 0 | 1) => join(folder, `calls-${index}`);
  const tell = async (path: string, body: object) => {
    const response = await fetch(`${control}${path}`, { method: 'POST', body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${text}`);
    return JSON.parse(text) as unknown;
  };
  const startWorker = async (index: 0 | 1, strike?: Strike) => {
    await workers[index]?.end();
    writeFileSync(callsFile(index), '');
    const told: ChaosWorker = {
      address: links[`server-${index}`].address,
      namespace: 'default',
      bundle,
      storeFile,
      venue: venue.desk,
      baseUrl: `http://${links.exchange.address}${venue.path}`,
      keys,
      ...(traits && { traits }),
      settings,
      callsFile: callsFile(index),
      ...(planted !== undefined && { planted }),
      ...(strike && { strike: strikeText(strike) }),
    };
    const worker = launch({
      entry: entries.worker,
      env: { CHAOS_WORKER: JSON.stringify(told), DATABASE_URL: '', NIGHTDESK_HOME: folder },
      isReady: (line) => line === 'worker ready',
      onLine: (line) => onLine(`worker-${index}: ${line}`),
    });
    workers[index] = worker;
    await worker.ready;
    return worker;
  };
  return {
    folder,
    bundle,
    client: new Client({ connection }),
    links,
    store,
    storeFile,
    url,
    control,
    keys,
    venue,
    startWorker,
    workers,
    killServer: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.whenEnded();
    },
    startServer: async () => {
      server = await startDevServer(place);
    },
    advance: async (ms) => void (await tell('/advance', { ms })),
    fault: async (body) => void (await tell('/fault', body)),
    clearFaults: async () => void (await tell('/faults/clear', {})),
    venueMs: async () => ((await tell('/advance', { ms: 0 })) as { wireMs: number }).wireMs,
    tradeByHand: async (side) => {
      const { simulated, account, markets } = venue;
      await tell('/order-as', { venue: simulated, account, symbol: markets[0]?.id, side, quantity: '0.003' });
    },
    callsFile,
    close: async () => {
      for (const worker of workers) await worker?.end();
      await connection.close();
      store.close();
      await server.stop();
      await Promise.all(Object.values(links).map((link) => link.close()));
      await market.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let bundled: Promise<string> | undefined;

/** The desk's workflows and the episode's parent, for every worker of a stage; bundled once in this process. */
async function bundleAt(file: string): Promise<string> {
  bundled ??= bundleCode();
  writeFileSync(file, await bundled);
  return file;
}

async function bundleCode(): Promise<string> {
  const nothing = () => {};
  const logger = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
  return (await bundleWorkflowCode({ workflowsPath: entries.workflows, logger })).code;
}
