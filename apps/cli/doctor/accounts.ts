import { type AccountSettings, loadAccounts } from '../../../config/api-keys.ts';
import { loadOrderSettings } from '../../../config/orders.ts';
import { errorDocument, errorLine } from '../../../core/errors.ts';
import { deadManSwitchMs, planDeadManSwitch } from '../../../core/orders/dead-man-switch.ts';
import type { TradingMode, VenueOrder } from '../../../core/orders/types.ts';
import type { Exchange, ReferencePrice, VenueTraits } from '../../../core/ports/exchange.ts';
import { ourOrders } from '../../../core/order-desk/last-switch.ts';
import { atVenues, type VenueAnswer } from '../orders/at-venues.ts';
import { keptAccounts } from '../orders/kept-accounts.ts';
import { switchText, type Unkept, unkeptText } from '../orders/unkept.ts';
import type { Check } from './check.ts';

/** A check an account: where and how it trades, what cancels its orders when the desk is dead, what prices are held against. */
export async function checkAccounts(modes: ReadonlyMap<string, TradingMode> | undefined): Promise<Check[]> {
  try {
    const accounts = loadAccounts();
    if (accounts.length === 0) return [{ name: 'accounts', state: 'ok', found: 'none: config/api-keys.yaml says how' }];
    const names = accounts.map(({ name }) => name);
    const [answers, kept] = await Promise.all([atVenues(names, tell), keptAccounts(names)]);
    return accounts.flatMap((account) => {
      const told = answers.find((answer) => answer.account === account.name);
      const mode = modes === undefined ? undefined : (modes.get(account.name) ?? 'ACTIVE');
      const resting = kept.has(account.name) ? undefined : told?.answer?.resting;
      return [checkOf(account, mode, told), ...(resting === undefined ? [] : [unkeptCheck(account.name, resting)])];
    });
  } catch (thrown) {
    const found = errorLine(errorDocument(thrown));
    return [{ name: 'accounts', state: 'broken', found, advice: 'mend that file: no worker starts with it' }];
  }
}

type Told = Readonly<{ deadMan: string; collar: string; resting?: Resting }>;

/** Left out where no order of ours rests. */
type Resting = Omit<Unkept, 'account'>;

async function tell(exchange: Exchange, account: string): Promise<Told> {
  const { price_check: prices, dead_man_switch: deadMan } = loadOrderSettings(account);
  const open = await exchange.openOrders();
  const source = await collarSource(exchange);
  const { reference_account: other } = prices;
  return {
    deadMan: deadManWords(exchange.traits, deadMan.enabled, open),
    ...restingOf(exchange.traits, deadMan.enabled, open),
    collar: other === undefined ? source : `the price of ${other} where it has the market, else ${source}`,
  };
}

function restingOf(traits: VenueTraits, enabled: boolean, open: readonly VenueOrder[]): Pick<Told, 'resting'> {
  const ours = ourOrders(open).length;
  if (ours === 0) return {};
  const deadManSwitch = switchText({ traits, enabled, open });
  return { resting: { orders: open.length, ofOthers: open.length - ours, deadManSwitch } };
}

const unkeptCheck = (account: string, resting: Resting): Check => ({
  name: `orders ${account}`,
  state: 'warn',
  found: unkeptText(resting),
  advice: `nightdesk up keeps them; nightdesk orders cancel <order> or nightdesk halt ${account} ends them`,
});

const sourceWords: Readonly<Record<ReferencePrice['source'], string>> = {
  mark: 'the mark price',
  index: 'the index price',
  bookMid: 'the middle of the book against the last trade',
  lastTrade: 'nothing but the last trade',
};

/** Of one market that the venue trades: a venue has the same source for all. */
async function collarSource(exchange: Exchange): Promise<string> {
  const markets = await exchange.markets();
  const market = markets.find(({ symbol }) => symbol.startsWith('BTC/USD')) ?? markets[0];
  if (market === undefined) return 'nothing: no market';
  return sourceWords[(await exchange.referencePrice(market.symbol)).source];
}

const symbolsOf = (orders: readonly VenueOrder[]) => orders.map(({ symbol }) => symbol);

function deadManWords(traits: VenueTraits, enabled: boolean, resting: readonly VenueOrder[]): string {
  if (traits.deadManSwitch === 'none') return 'none at this venue';
  if (!enabled) return 'off in config/orders.yaml';
  const stops = resting.filter(({ type }) => type === 'stopMarket');
  const { unguarded } = planDeadManSwitch(traits, symbolsOf(resting), symbolsOf(stops));
  const scope = traits.deadManSwitch === 'account' ? 'the account' : 'a symbol';
  const words = `${deadManSwitchMs / 1_000} s for ${scope}`;
  return unguarded.length === 0 ? words : `${words}, not armed for ${unguarded.join(', ')} (a protective stop rests)`;
}

function checkOf(
  { name: account, venue, mode }: AccountSettings,
  trading: TradingMode | undefined,
  told?: VenueAnswer<Told>,
): Check {
  const name = `account ${account}`;
  const where = `${venue}, ${mode}, ${trading ?? 'trading mode unknown'}`;
  if (told?.answer === undefined) {
    const found = `${where}; ${told?.failure ?? 'no answer'}`;
    return { name, state: 'warn', found, advice: 'see nightdesk accounts: nothing is sent until that is mended' };
  }
  const { deadMan, collar } = told.answer;
  const found = `${where}; dead man’s switch: ${deadMan}; collar: ${collar}`;
  if (trading === undefined || trading === 'ACTIVE') return { name, state: 'ok', found };
  return { name, state: 'warn', found, advice: `when the reason is gone: nightdesk resume ${account} --reason …` };
}
