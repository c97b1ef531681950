import { fitLine } from '../../math/fit-line.ts';
import { mean } from '../../math/moments.ts';
import { quantileSorted } from '../../math/quantile.ts';
import { cscv } from './cscv.ts';
import { refuse, requireMatrix, requireNumber } from './require.ts';

export type Pbo = Readonly<{
  /** Share of splits in which the in-sample best is at or below the median out of sample. */
  pbo: number;
  meanLogit: number;
  medianLogit: number;
  /** Share of splits in which the in-sample best has a negative Sharpe ratio out of sample. */
  probabilityOfLoss: number;
  /** Slope of the out-of-sample Sharpe of the in-sample best on its in-sample Sharpe. */
  degradationSlope: number;
  /** One a split, in lexicographic order of the in-sample blocks. */
  logits: readonly number[];
}>;

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation: every half of `blocks` blocks of
 * rows is in-sample once; logit = ln(w / (1 - w)) with w = ascending average rank of the in-sample best among the
 * out-of-sample Sharpe ratios (mean / sd, ddof 1) / (N + 1).
 * Bailey, Borwein, Lopez de Prado & Zhu (2017), Journal of Computational Finance 20(4).
 *
 * @param input.matrix rows = time, columns = N >= 2 trials; at least 2 rows a block; columns must vary inside a half
 * @param input.blocks even, 2..20 (20 means 184,756 splits), default 16
 */
export function pbo(input: Readonly<{ matrix: readonly (readonly number[])[]; blocks?: number }>): Pbo {
  const { matrix, blocks = 16 } = input;
  requireNumber('blocks', blocks, { min: 2, max: 20, integer: true });
  if (blocks % 2 === 1) refuse('blocks', 'odd', 'an even number', `${blocks}`);
  requireMatrix('matrix', matrix, { rows: 2 * blocks, columns: 2 });
  const { logits, inSample, outOfSample, idleColumn } = cscv(matrix, blocks);
  if (idleColumn !== undefined)
    refuse(`matrix[][${idleColumn}]`, 'constant inside a half', 'values that differ', 'no spread');
  return {
    pbo: share(logits, (logit) => logit <= 0),
    meanLogit: mean(logits),
    medianLogit: quantileSorted(logits.toSorted(), 0.5),
    probabilityOfLoss: share(outOfSample, (sharpe) => sharpe < 0),
    degradationSlope: fitLine(inSample, outOfSample)?.slope ?? 0,
    logits: [...logits],
  };
}

const share = (values: Float64Array, holds: (value: number) => boolean) => values.filter(holds).length / values.length;
