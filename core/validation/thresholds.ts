/** Numbers of the gates, as config/validation-gates.yaml states and explains them. */
export type GateThresholds = Readonly<{
  L0: Readonly<{
    /** Days of history before the holdout. */
    historyDays: number;
    /** More entries than this must have fired. */
    signals: number;
    /** abs(winRate - 0.5) must be at least this. */
    winRateDistance: number;
    /** The information coefficient must be greater than this. */
    informationCoefficient: number;
    /** The futility bound's p must be under this. */
    futilityP: number;
    /** Bootstrap resamples behind that p. */
    futilityResamples: number;
  }>;
}>;
