import type { Expression } from '../../core/strategy/expression.ts';
import { type SignalName, signalNames, type Strategy } from '../../core/strategy/strategy.ts';
import { noPlugins, type StrategyPlugins } from '../../core/strategy/strategy-plugins.ts';
import { checkFeatures, checkNames, checkOrder } from './check-features.ts';
import { checkConstraints, checkExits, checkParameters, checkSizing } from './check-parameters.ts';
import { checkShape, type ShapedFile } from './check-shape.ts';
import { checkUniverse } from './check-universe.ts';
import { type Checking, createChecking } from './checking.ts';
import { checkPlugins } from './check-plugins.ts';
import { readYaml, type StrategyProblem, type YamlText } from './yaml-document.ts';

export type CheckedStrategy = Readonly<{
  /** There when nothing is wrong. */
  strategy?: Strategy;
  /** The file's id where it has a valid one, whatever else is wrong. */
  strategyId?: string;
  /** Everything that is wrong, by line. */
  errors: readonly StrategyProblem[];
  /** What is allowed but not wise. */
  warnings: readonly StrategyProblem[];
}>;

/**
 * Checks the text of a strategy file: YAML 1.2, shape, names, expressions, windows at the defaults, ranges.
 * All problems are found at once; one that follows from another is left out.
 */
export function checkStrategyText(text: string, plugins: StrategyPlugins = noPlugins): CheckedStrategy {
  const yaml = readYaml(text);
  if (yaml.value === undefined) return { errors: yaml.problems, warnings: [] };
  if (yaml.value === null)
    return { errors: [{ line: 1, path: '', message: 'the file is empty', expected: 'a strategy' }], warnings: [] };
  return checkStrategyValue(yaml, plugins);
}

/** The same for a file that was read, with whatever was found wrong in reading. */
export function checkStrategyValue(yaml: YamlText, plugins: StrategyPlugins): CheckedStrategy {
  const { file, problems } = checkShape(yaml);
  const checking = createChecking(yaml);
  const strategy = checkMeaning(file, checking, plugins);
  const errors = [...yaml.problems, ...problems, ...checking.problems].toSorted((a, b) => a.line - b.line);
  const id = file.id === undefined ? {} : { strategyId: file.id };
  const warnings = file.hypothesis === undefined ? [noHypothesis] : [];
  return errors.length === 0 ? { strategy, ...id, errors, warnings } : { ...id, errors, warnings };
}

const noHypothesis: StrategyProblem = {
  line: 1,
  path: 'hypothesis',
  message: 'is missing',
  expected: 'why this should earn money, so that a test can say no',
};

/** What the parts mean together. Parts that are not there or not sound have a stand-in, so that the rest is checked. */
function checkMeaning(file: ShapedFile, checking: Checking, plugins: StrategyPlugins): Strategy {
  checkNames(file, checking);
  const parameters = checkParameters(file, checking);
  const pluginSeries = checkPlugins(file, checking, plugins);
  const features = checkFeatures(file, checking);
  checkOrder({ features, plugins: pluginSeries }, checking);
  const signals = checkSignals(file, checking);
  const forecast = file.forecast === undefined ? undefined : checking.series(file.forecast, ['forecast']);
  return {
    id: file.id ?? '',
    name: file.name ?? '',
    hypothesis: file.hypothesis ?? '',
    lineage: lineageOf(file),
    universe: checkUniverse(file, checking),
    timeframe: file.timeframe ?? '1h',
    parameters,
    constraints: checkConstraints(file, checking),
    features,
    plugins: pluginSeries,
    signals,
    ...(forecast === undefined ? {} : { forecast }),
    exits: checkExits(file, checking),
    sizing: checkSizing(file, checking, plugins),
    costs: { feeBps: file.costs?.feeBps ?? 10, slippageBps: file.costs?.slippageBps ?? 0 },
  };
}

function checkSignals({ signals }: ShapedFile, checking: Checking): Strategy['signals'] {
  if (signals === undefined) return {};
  const checked: Partial<Record<SignalName, Expression>> = {};
  for (const name of signalNames) {
    const text = signals[name];
    const expression = text === undefined ? undefined : checking.series(text, ['signals', name]);
    if (expression !== undefined) checked[name] = expression;
  }
  // An entry that is misspelt, or of the wrong type, was named before.
  const onlyExits = checking.namesOf('signals').every((name) => name === 'exitLong' || name === 'exitShort');
  if (onlyExits) {
    checking.problem(['signals'], 'holds no entry', { expected: 'at least one of enterLong, enterShort' });
  }
  return checked;
}

function lineageOf({ lineage }: ShapedFile): Strategy['lineage'] {
  const { source = 'manual', parent, ref } = lineage ?? {};
  return { source, ...(parent === undefined ? {} : { parent }), ...(ref === undefined ? {} : { ref }) };
}
