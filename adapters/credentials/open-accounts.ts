import { join } from 'node:path';
import { apiKeysFile, type AccountSettings } from '../../config/api-keys.ts';
import { configFolder, stateFolder as defaultStateFolder } from '../../config/paths.ts';
import { DeskError } from '../../core/errors.ts';
import { askVenue } from '../../core/order-desk/venue-failures.ts';
import type { Accounts } from '../../core/ports/accounts.ts';
import type { Exchange, KeyRights } from '../../core/ports/exchange.ts';
import { openExchange } from '../exchange/open-exchange.ts';
import { hearOwnOrders } from '../feeds/hear-own-orders.ts';
import { hasFeed, openFeed } from '../feeds/open-feed.ts';
import { openSharedRates } from '../feeds/shared-rates.ts';
import { accountNamed } from './account-named.ts';
import { keysOf, ringOf, type KeyRing } from './account-keys.ts';
import { requireLiveConsent } from './live-consent.ts';
import type { Environment } from './read-key.ts';

export type AccountsOptions = Readonly<{
  /** Of api-keys.yaml; default: the desk's. */
  folder?: string;
  /** Where the desk keeps what it writes. */
  stateFolder?: string;
  environment?: Environment;
  /** Of one request to a venue; default 10 s. */
  timeoutMs?: number;
}>;

/** The accounts of config/api-keys.yaml. Each is opened, and its key's rights asked, at its first use. */
export function openAccounts({
  folder = configFolder(),
  stateFolder = defaultStateFolder(),
  environment = process.env,
  timeoutMs,
}: AccountsOptions = {}): Accounts {
  const ring = ringOf(folder, environment);
  const opened = new Map<string, Promise<Exchange>>();
  const stop = new AbortController();
  const heard = new Set<Promise<void>>();
  const openOnce = (name: string): Promise<Exchange> => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const opening = openAccount({ ring, stateFolder, timeoutMs }, name);
    opened.set(name, opening);
    // A venue that did not answer is asked again at the next use.
    opening.catch(() => opened.delete(name));
    return opening;
  };
  return {
    list: () => ring.accounts.map(({ name, venue, mode }) => ({ account: name, venue, mode })),
    exchange: openOnce,
    hearOrders: async (name, listener) => {
      await openOnce(name); // refuses what must not be reached, its streams included
      const account = accountNamed(ring, name);
      if (!hasFeed(account.venue) || stop.signal.aborted) return false;
      const { apiKey, secret } = await keysOf(ring, account);
      const keys = { apiKey, secret };
      const at = account.base_url === undefined ? {} : { baseUrl: account.base_url };
      const rates = openSharedRates(
        { venue: account.venue, ...at, keys, krakenTier: account.kraken_tier },
        stateFolder,
      );
      // Without the exchange of the account: what a reconnect has missed is looked up by who waits for it.
      const feed = openFeed(account.venue, { ...at, own: { keys }, rates });
      heard.add(hearOwnOrders(feed, listener, stop.signal).finally(() => rates.close()));
      return true;
    },
    close: async () => {
      stop.abort(new Error('the accounts are closed'));
      await Promise.all(heard);
      const all = await Promise.allSettled(opened.values());
      opened.clear();
      await Promise.all(all.filter((each) => each.status === 'fulfilled').map(({ value }) => value.close()));
    },
  };
}

type Opening = Readonly<{ ring: KeyRing; stateFolder: string; timeoutMs: number | undefined }>;

async function openAccount({ ring, stateFolder, timeoutMs }: Opening, name: string): Promise<Exchange> {
  const account = accountNamed(ring, name);
  const keys = await keysOf(ring, account);
  if (account.mode === 'live') await requireLiveConsent({ account, keys, stateFolder });
  const file = join(ring.folder, apiKeysFile);
  const exchange = await openExchange(
    {
      name: account.name,
      venue: account.venue,
      mode: account.mode,
      ...(account.base_url !== undefined && { baseUrl: account.base_url }),
      krakenTier: account.kraken_tier,
      acceptNoDeadline: account.accept_no_deadline,
    },
    keys,
    {
      stateFolder,
      ...(timeoutMs !== undefined && { timeoutMs }),
      traits: { readLagMs: account.read_lag_seconds * 1000 },
    },
  );
  try {
    checkRights(await askVenue(exchange.keyRights()), account, file);
    return exchange;
  } catch (thrown) {
    await exchange.close();
    throw thrown;
  }
}

/** A key that can withdraw is refused; on a live account also one that might. */
function checkRights({ withdraw }: KeyRights, account: AccountSettings, file: string): void {
  const path = `accounts.${account.name}.api_key`;
  if (withdraw === true) {
    throw new DeskError('NotAuthorized', 'this key can withdraw money', {
      file,
      path,
      expected: 'a key without the right to withdraw',
      found: 'a key with it',
    });
  }
  if (withdraw === 'unknown' && account.mode === 'live' && !account.accept_unknown_rights) {
    throw new DeskError('NotAuthorized', 'the venue does not tell whether this key can withdraw money', {
      file,
      path,
      expected: `accept_unknown_rights: true, if you made sure that it cannot`,
      found: 'false',
    });
  }
}
