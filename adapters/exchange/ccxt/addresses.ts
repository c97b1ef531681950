/** Where every address leads that is not used: a name that can never be resolved (RFC 2606). */
export const nowhere = 'refused.invalid';

/** The nested object of addresses that ccxt keeps in `urls.api`. */
export type Addresses = string | Readonly<{ [name: string]: Addresses }>;

/** A venue's addresses below one root, as the simulated exchange and test nets serve them. */
type Layout = (root: string, socketRoot: string) => Readonly<Record<string, Addresses>>;

const binanceSpot: Layout = (root, socketRoot) => ({
  public: `${root}/api/v3`,
  private: `${root}/api/v3`,
  sapi: `${root}/sapi/v1`,
  ws: {
    spot: `${socketRoot}/stream/ws`,
    margin: `${socketRoot}/stream/ws`,
    'ws-api': { spot: `${socketRoot}/ws-api/v3` },
  },
});

const binanceUsdm: Layout = (root, socketRoot) => ({
  fapiPublic: `${root}/fapi/v1`,
  fapiPrivate: `${root}/fapi/v1`,
  fapiPublicV2: `${root}/fapi/v2`,
  fapiPrivateV2: `${root}/fapi/v2`,
  fapiPublicV3: `${root}/fapi/v3`,
  fapiPrivateV3: `${root}/fapi/v3`,
  fapiData: `${root}/futures/data`,
  ws: { future: `${socketRoot}/ws`, 'ws-api': { future: `${socketRoot}/ws-fapi/v1` } },
});

const kraken: Layout = (root, socketRoot) => ({
  public: root,
  private: root,
  ws: {
    // A key of ccxt's cache that it never dials, yet it has to be an address.
    private: `${socketRoot}/ws-auth`,
    publicV2: `${socketRoot}/ws/v2`,
    privateV2: `${socketRoot}/ws-auth/v2`,
  },
});

const layouts: Readonly<Record<string, Layout>> = { binance: binanceSpot, binanceusdm: binanceUsdm, kraken };

/**
 * The addresses of a client that speaks to `baseUrl` alone. Of a venue that we know, those that we use lead below it
 * and all others nowhere; of any other venue every address keeps its path and loses its host.
 */
export function addressesBelow(venue: string, baseUrl: string, stock: Addresses): Addresses {
  const root = baseUrl.replace(/\/+$/, '');
  const socketRoot = root.replace(/^http/, 'ws');
  const layout = Object.hasOwn(layouts, venue) ? layouts[venue] : undefined;
  if (layout === undefined) return mapAddresses(stock, (address) => moved(address, { root, socketRoot }));
  return merge(mapAddresses(stock, away), layout(root, socketRoot));
}

function mapAddresses(addresses: Addresses, change: (address: string) => string): Addresses {
  if (typeof addresses === 'string') return change(addresses);
  return Object.fromEntries(Object.entries(addresses).map(([name, inner]) => [name, mapAddresses(inner, change)]));
}

const away = (address: string) => (address.startsWith('ws') ? `ws://${nowhere}` : `http://${nowhere}`);

function moved(address: string, { root, socketRoot }: Readonly<{ root: string; socketRoot: string }>): string {
  const { protocol, pathname } = new URL(address.replaceAll(/[{}]/g, ''));
  return `${protocol.startsWith('ws') ? socketRoot : root}${pathname.replace(/\/$/, '')}`;
}

function merge(under: Addresses, over: Addresses): Addresses {
  if (typeof under === 'string' || typeof over === 'string') return over;
  const merged: Record<string, Addresses> = { ...under };
  for (const [name, inner] of Object.entries(over)) {
    const below = Object.hasOwn(merged, name) ? merged[name] : undefined;
    merged[name] = below === undefined ? inner : merge(below, inner);
  }
  return merged;
}

function leavesOf(addresses: Addresses): readonly string[] {
  return typeof addresses === 'string' ? [addresses] : Object.values(addresses).flatMap(leavesOf);
}

/** Every scheme, host and port in the addresses: where a client can reach. */
export const originsOf = (addresses: Addresses): ReadonlySet<string> =>
  new Set(leavesOf(addresses).map((address) => new URL(address).origin));

export const hostsOf = (addresses: Addresses): ReadonlySet<string> =>
  new Set(leavesOf(addresses).map((address) => new URL(address).hostname));
