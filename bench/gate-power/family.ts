import { openSqliteStore } from '../../adapters/store/sqlite/index.ts';
import type { Store, StrategyRecord } from '../../core/ports/store.ts';

/** A strategy of a family, and the store that counts its trials and keeps its holdout. */
export type Member = Readonly<{ store: Store; record: StrategyRecord }>;

/** A store of its own for one family, as a desk has that tried nothing else; in memory, since nobody reads it again. */
export function openFamily(): Readonly<{ member(variant: number, strategyHash: string): Member; close(): void }> {
  const store = openSqliteStore(':memory:');
  return {
    member(variant, strategyHash) {
      const strategyId = `STR-${900 + variant}`;
      const file = `${strategyId}.yaml`;
      // Variants are near copies: of one shape, and so one family in the ledger.
      return { store, record: { strategyId, name: strategyId, file, strategyHash, shape: 'simulated' } };
    },
    close: () => store.close(),
  };
}
