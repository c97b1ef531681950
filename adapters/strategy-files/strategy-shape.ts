import { strategyShape as shapeOf } from '../../core/strategy/family.ts';
import type { Strategy } from '../../core/strategy/strategy.ts';
import { sha256 } from '../hashing.ts';

/** SHA-256 of the shape of a strategy's idea; strategies of one shape are one family: core/strategy/family.ts. */
export const strategyShape = (strategy: Strategy): string => shapeOf(strategy, sha256);
