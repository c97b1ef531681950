import { checkStrategyText } from '../../../adapters/strategy-files/check-strategy.ts';
import { type CompiledStrategy, compileStrategy } from '../../../core/strategy/compile.ts';

/** A strategy of a few lines of YAML on X/Y and one hour, compiled. */
export function compiledFrom(body: string): CompiledStrategy {
  const { strategy, errors } = checkStrategyText(
    `id: STR-900\nname: Test\nhypothesis: Only for tests.\nuniverse: [X/Y]\ntimeframe: 1h\n${body}`,
  );
  if (strategy === undefined) throw new Error(JSON.stringify(errors));
  return compileStrategy(strategy);
}
