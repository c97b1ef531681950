import type { DeployedReturns } from '../validation/deployed-correlation.ts';

/** Strategies that are deployed now, by id. DeskError where it cannot be told. */
export type ListDeployed = () => Promise<readonly string[]>;

/** The same with what each earned a day in its stored backtest; without days where none is stored. */
export type ReadDeployed = () => Promise<readonly DeployedReturns[]>;
