import { readdirSync, readFileSync } from 'node:fs';
import { checkStrategyText } from '../adapters/strategy-files/check-strategy.ts';
import type { Strategy } from '../core/strategy/strategy.ts';

const folder = new URL('../strategies/', import.meta.url);

/** The strategies that ship, checked, by id. */
export function shippedStrategies(): readonly Readonly<{ id: string; strategy: Strategy }>[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => {
      const { strategy, errors } = checkStrategyText(readFileSync(new URL(name, folder), 'utf8'));
      if (strategy === undefined) throw new Error(`${name}: ${JSON.stringify(errors)}`);
      return { id: strategy.id, strategy };
    });
}
