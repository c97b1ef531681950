import { DeskError } from '../../core/errors.ts';
import type { Expression } from '../../core/strategy/expression.ts';
import type { ParameterValues } from '../../core/strategy/strategy.ts';
import { flowComma } from './check-shape.ts';
import { parseExpression } from './parse-expression.ts';
import { type Path, pathText, type StrategyProblem, type YamlText } from './yaml-document.ts';

/** The check of one file in progress: what its expressions may name, and what was found wrong. */
export type Checking = Readonly<{
  problems: StrategyProblem[];
  /** The names of a section as the file has them, sound or not. */
  namesOf(section: 'parameters' | 'features' | 'plugins' | 'signals'): string[];
  problem(path: Path, message: string, place: Pick<StrategyProblem, 'expected' | 'found' | 'nearest'>): void;
  /** Defaults of the parameters, in whose place windows, constraints and ranges are checked. */
  defaults: Record<string, number>;
  /** Outputs by alias; undefined where the plugin is not known. */
  outputs: Map<string, readonly string[] | undefined>;
  /** The tree of a series; undefined after its problem was noted. */
  series(text: string | number, path: Path): Expression | undefined;
  /** The tree of an expression over parameters. */
  constant(text: string | number, path: Path): Expression | undefined;
}>;

export function createChecking({ value, lineOf }: YamlText): Checking {
  const problems: StrategyProblem[] = [];
  const namesOf: Checking['namesOf'] = (section) => {
    const names = (value as Partial<Record<string, unknown>>)[section];
    return typeof names === 'object' && names !== null && !Array.isArray(names) ? Object.keys(names) : [];
  };
  const defaults: Record<string, number> = {};
  const outputs = new Map<string, readonly string[] | undefined>();
  const problem: Checking['problem'] = (path, message, place) => {
    problems.push({ line: lineOf(path), path: pathText(path), message, ...place });
  };
  const parse = (text: string | number, path: Path, parametersOnly: boolean): Expression | undefined => {
    const known = namesOf('parameters').every((name) => Object.hasOwn(defaults, name));
    // A parameter without a sound default still is a name; what its value would decide is left unchecked.
    const unknownValues = Object.fromEntries(namesOf('parameters').map((name): [string, number] => [name, Number.NaN]));
    const parameters: ParameterValues = { ...unknownValues, ...defaults };
    try {
      return parseExpression(expressionSource(text), {
        parameters,
        valuesKnown: known,
        features: new Set(namesOf('features')),
        plugins: outputs,
        parametersOnly,
      });
    } catch (thrown) {
      if (!(thrown instanceof DeskError) || thrown.code !== 'BadInput') throw thrown;
      const { expected = 'an expression', found, nearest } = thrown.place;
      problem(path, thrown.message, {
        expected: expected === "')'" ? `')' (${flowComma})` : expected,
        ...(found === undefined ? {} : { found }),
        ...(nearest === undefined ? {} : { nearest }),
      });
      return undefined;
    }
  };
  return {
    problems,
    namesOf,
    problem,
    defaults,
    outputs,
    series: (text, path) => parse(text, path, false),
    constant: (text, path) => parse(text, path, true),
  };
}

/** A block text of YAML ends with a new line that is not meant. */
const expressionSource = (text: string | number): string => String(text).replace(/\r?\n$/, '');
