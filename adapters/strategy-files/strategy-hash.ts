import { canonicalText } from '../../core/strategy/canonical.ts';
import type { ParameterValues, Strategy } from '../../core/strategy/strategy.ts';
import { sha256 } from '../hashing.ts';

/** SHA-256 of what a strategy means with the parameters of a run; what is part of it: core/strategy/canonical.ts. */
export const strategyHash = (strategy: Strategy, set?: ParameterValues): string => sha256(canonicalText(strategy, set));
