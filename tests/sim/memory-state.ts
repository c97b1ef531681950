import type {
  AccountState,
  LedgerEntry,
  NettedGroup,
  OrderAlert,
  OrderDecision,
  OrderRecord,
  OrderStep,
} from '../../core/ports/order-store.ts';
import type { Fill } from '../../core/orders/types.ts';

export type StoredOrder = Readonly<{ record: OrderRecord; adopted: boolean; lastChange: string }>;
export type StoredFill = Readonly<{ fill: Fill; account: string; clientOrderId: string }>;
export type StoredEntry = Readonly<{ entry: LedgerEntry; clientOrderId: string }>;

/** All that an in-memory store holds. Values are never changed in place, so copies of the maps are a backup. */
export type MemoryState = {
  orders: Map<string, StoredOrder>;
  steps: OrderStep[];
  fills: Map<string, StoredFill>;
  entries: StoredEntry[];
  totals: Map<string, bigint>;
  decisions: Map<string, OrderDecision>;
  alerts: Map<string, OrderAlert>;
  accounts: Map<string, AccountState>;
  groups: Map<string, NettedGroup>;
  settledGroups: Set<string>;
};

export const emptyState = (): MemoryState => ({
  orders: new Map(),
  steps: [],
  fills: new Map(),
  entries: [],
  totals: new Map(),
  decisions: new Map(),
  alerts: new Map(),
  accounts: new Map(),
  groups: new Map(),
  settledGroups: new Set(),
});

export const backupOf = (state: MemoryState): MemoryState => ({
  orders: new Map(state.orders),
  steps: [...state.steps],
  fills: new Map(state.fills),
  entries: [...state.entries],
  totals: new Map(state.totals),
  decisions: new Map(state.decisions),
  alerts: new Map(state.alerts),
  accounts: new Map(state.accounts),
  groups: new Map(state.groups),
  settledGroups: new Set(state.settledGroups),
});

export const storedFillKey = (
  account: string,
  { venue, symbol, tradeId }: Pick<Fill, 'venue' | 'symbol' | 'tradeId'>,
) => `${account} ${venue} ${symbol} ${tradeId}`;
