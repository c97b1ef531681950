import type { BacktestOptions, MarketInput } from '../../core/backtest/types.ts';
import type { Face, TrialSample } from '../../core/ports/trial-ledger.ts';
import type { Strategy } from '../../core/strategy/strategy.ts';
import { openStore } from '../store/open-store.ts';
import { recordOf } from '../validation/inspect.ts';
import { asker } from './asker.ts';
import { looksAt } from './evidence.ts';

/** Backtests that are about to be shown. */
export type ShownTrials = Readonly<{
  /** The strategy file, absolute path. */
  file: string;
  strategy: Strategy;
  face: Face;
  key: string;
  count: number;
  markets: readonly MarketInput[];
  samples: readonly TrialSample[];
  /** What the trials of a sweep are worth. */
  independent?: number;
}>;

/**
 * Writes trials down before anybody sees them: what cannot be counted (a store that cannot be written) is not shown.
 * A run that is repeated, or killed after this, counts once.
 */
export async function recordShown(shown: ShownTrials): Promise<void> {
  const { file, strategy, face, key, count, markets, samples, independent } = shown;
  const store = await openStore();
  try {
    await store.recordTrials({
      key,
      strategy: recordOf(file, strategy),
      face,
      by: asker(),
      count,
      looks: looksAt(markets),
      samples,
      ...(independent !== undefined && { independent }),
      atMs: Date.now(),
    });
  } finally {
    store.close();
  }
}

/** The part of a run's options that its numbers depend on; how metrics are computed and scaled is no trial of its own. */
export const optionsText = ({ fill, closeAtEnd, costs }: Omit<BacktestOptions, 'parameters'>): string =>
  `${fill} ${closeAtEnd ? 'closed' : 'open'} ${costs.feeBps} ${costs.slippageBps}`;
