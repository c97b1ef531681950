import { columnOf } from '../../core/math/copies.ts';
import { isConstant } from '../../core/math/constant.ts';
import { mean } from '../../core/math/moments.ts';
import { pearsonMatrix } from '../../core/math/pearson.ts';
import { projectOut } from '../../core/math/project-out.ts';
import { symmetricEigen } from '../../core/math/symmetric-eigen.ts';
import { refuse } from '../refuse.ts';

/** A signal, the position held and the return over the period that ended, at the same times. */
type Past = Readonly<{ signal: Float64Array; position: readonly number[]; returns: readonly number[] }>;

/** What the position before adds to a regression of the signal on its own past and the latest return. */
type PositionLeak = Readonly<{ beta: number; tStat: number; partialCorrelation: number; leaks: boolean }>;

/** Constant, position, signal before, return. */
const regressors = 4;

/**
 * Whether a signal has seen the position. Positions follow past signals and signals persist, so the signal's own past
 * is in the regression: without it every honest trend would look like a leak. By Frisch, Waugh and Lovell, position
 * and signal are compared after all else is projected out.
 */
export function positionLeak({ signal, position, returns }: Past, leakT: number): PositionLeak {
  const now = signal.subarray(1);
  const signalBefore = signal.subarray(0, -1);
  const positionBefore = columnOf(position.slice(0, -1));
  const latestReturns = columnOf(returns.slice(1));
  refuseDependent([positionBefore, signalBefore, latestReturns]);

  const everythingElse = [new Float64Array(now.length).fill(1), signalBefore, latestReturns];
  const [own, explained] = projectOut(everythingElse, [positionBefore, now]);
  const square = dot(own, own);
  const beta = dot(own, explained) / square;
  const rest = explained.map((value, t) => value - beta * own[t]);
  const centre = mean(now);
  const fromMean = now.map((value) => value - centre);
  const degreesOfFreedom = now.length - regressors;
  // An exact leak leaves no residual but rounding: the floor keeps its t finite.
  const variance = Math.max(dot(rest, rest), 1e-20 * dot(fromMean, fromMean)) / degreesOfFreedom;
  const tStat = variance === 0 ? 0 : beta / Math.sqrt(variance / square);
  const partialCorrelation = tStat / Math.hypot(tStat, Math.sqrt(degreesOfFreedom));
  return { beta, tStat, partialCorrelation, leaks: Math.abs(tStat) > leakT };
}

/** Refuses regressors whose standardised matrix has singular values more than 1e6 apart (eigenvalues 1e12). */
function refuseDependent(columns: readonly Float64Array[]): void {
  const { values } = columns.some(isConstant) ? { values: [1, 0, 0] } : symmetricEigen(pearsonMatrix(columns));
  if (!(values[2] >= 1e-12 * values[0])) {
    const message = 'position is an exact function of the signal; leak cannot be tested';
    refuse('input.position', message, 'a position that moves apart from the signal and the returns');
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += a[t] * b[t];
  return sum;
}
