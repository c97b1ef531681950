import { DeskError } from '../errors.ts';
import type { Expression } from './expression.ts';
import { type ExitName, exitNames, type Strategy } from './strategy.ts';

/** Paths of the sizing fields that are numbers. */
type SizingPath = `sizing.${'fraction' | 'annualVol' | 'lookback' | 'maxFraction'}`;
type NumberPath = `exits.${ExitName}` | SizingPath;

type Rule = Readonly<{ expected: string; holds: (value: number) => boolean }>;

const share: Rule = { expected: 'a number above 0 and below 1', holds: (value) => value > 0 && value < 1 };
const positive: Rule = { expected: 'a number above 0', holds: (value) => value > 0 && value < Infinity };
const count = (min: number): Rule => ({
  expected: `an integer >= ${min}`,
  holds: (value) => Number.isInteger(value) && value >= min,
});

const rules: Readonly<Record<NumberPath, Rule>> = {
  'exits.stopLoss': share,
  'exits.trailingStop': share,
  'exits.takeProfit': positive,
  'exits.maxBars': count(1),
  'sizing.fraction': positive,
  'sizing.annualVol': positive,
  'sizing.lookback': count(2),
  'sizing.maxFraction': positive,
};

/** The expressions of exits and sizing by path; they are made of numbers and parameters. */
export function tradingExpressions({ exits, sizing }: Pick<Strategy, 'exits' | 'sizing'>): Record<string, Expression> {
  const found: Record<string, Expression> = {};
  for (const name of exitNames) {
    const expression = exits[name];
    if (expression !== undefined) found[`exits.${name}`] = expression;
  }
  for (const [field, value] of Object.entries(sizing)) {
    if (isExpression(value)) found[`sizing.${field}`] = value;
  }
  return found;
}

const isExpression = (value: unknown): value is Expression =>
  typeof value === 'object' && value !== null && 'kind' in value && 'at' in value;

/** What a number of exits or sizing should have been, by its path; undefined where it is that. */
export function expectedTradingNumber(path: string, value: number): string | undefined {
  const rule = Object.hasOwn(rules, path) ? rules[path as NumberPath] : undefined;
  return rule === undefined || rule.holds(value) ? undefined : rule.expected;
}

/** Refuses a number of exits or sizing that lies outside of what it can be, by its path. */
export function checkTradingNumber(path: string, value: number): void {
  const expected = expectedTradingNumber(path, value);
  if (expected !== undefined) throw new DeskError('BadInput', `must be ${expected}, was ${value}`, { path });
}
