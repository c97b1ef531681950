import { DeskError } from '../../../core/errors.ts';
import { builtinSeries } from '../../../core/strategy/expression.ts';
import { functionSignatures } from '../../../core/strategy/signatures.ts';
import type { ParameterValues } from '../../../core/strategy/strategy.ts';

const words: readonly string[] = ['and', 'or', 'not'];

/** Parameters of a lone expression from `--set name=value`, which may hold several by commas. */
export function parameterSettings(settings: readonly string[]): ParameterValues {
  const values: Record<string, number> = {};
  for (const setting of settings.flatMap((each) => each.split(','))) {
    const [, name = '', text = ''] = /^\s*([A-Za-z_]\w*)\s*=\s*(\S+)\s*$/.exec(setting) ?? [];
    const value = Number(text);
    if (text === '' || !Number.isFinite(value)) {
      throw new DeskError('BadInput', 'not understood', { path: '--set', expected: 'name=number', found: setting });
    }
    if (words.includes(name) || builtinSeries.some((series) => series === name) || functionSignatures.has(name)) {
      throw new DeskError('BadInput', `${name} has a meaning already`, {
        path: '--set',
        expected: 'a name of your own',
      });
    }
    if (Object.hasOwn(values, name)) throw new DeskError('BadInput', `${name} is given twice`, { path: '--set' });
    values[name] = value;
  }
  return values;
}
