import { gridPoints } from '../../../adapters/strategy-files/parameter-arguments.ts';
import { resolveStrategy } from '../../../adapters/strategy-files/read-strategy.ts';
import { strategyHash } from '../../../adapters/strategy-files/strategy-hash.ts';
import { strategiesFolder } from '../../../config/paths.ts';
import { codePluginId } from '../../../core/strategy/code-plugin.ts';
import type { Expression } from '../../../core/strategy/expression.ts';
import { expressionText } from '../../../core/strategy/expression-text.ts';
import type { Strategy } from '../../../core/strategy/strategy.ts';
import { loadStrategyPlugins } from '../../../plugins/strategy/load.ts';
import { print, printJson } from '../output.ts';
import { renderTable } from '../table.ts';
import { shownPath } from './shown-path.ts';

/** `nightdesk strategies show`: a strategy as the desk understands it. */
export async function showStrategy(idOrFile: string, { json }: Readonly<{ json?: true }>): Promise<void> {
  const { file, strategy } = await resolveStrategy(idOrFile, strategiesFolder(), loadStrategyPlugins);
  const document = documentOf(shownPath(file), strategy);
  if (json) printJson(document);
  else printStrategy(document);
}

type StrategyDocument = ReturnType<typeof documentOf>;

function documentOf(file: string, strategy: Strategy) {
  const { id, name, hypothesis, lineage, universe, timeframe, parameters, constraints, costs, forecast } = strategy;
  return {
    file,
    strategyId: id,
    name,
    hypothesis,
    lineage,
    universe,
    timeframe,
    parameters,
    /** Points of a sweep over every parameter's range, before constraints. */
    sweepPoints: gridPoints(strategy),
    constraints: constraints.map(expressionText),
    features: Object.fromEntries(
      strategy.features.map((feature) => [feature.name, expressionText(feature.expression)]),
    ),
    plugins: Object.fromEntries(
      strategy.plugins
        .filter(({ plugin }) => plugin !== codePluginId)
        .map(({ alias, plugin, input, params }) => [alias, { plugin, input: texts(input), params }]),
    ),
    signals: texts(strategy.signals),
    ...(forecast === undefined ? {} : { forecast: expressionText(forecast) }),
    exits: texts(strategy.exits),
    sizing: texts(strategy.sizing),
    costs,
    strategyHash: strategyHash(strategy),
  };
}

/** The fields with each expression as text. */
function texts(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isExpression(value) ? expressionText(value) : value]),
  );
}

const isExpression = (value: unknown): value is Expression =>
  typeof value === 'object' && value !== null && 'kind' in value && 'at' in value;

function printStrategy(document: StrategyDocument): void {
  const { lineage, costs } = document;
  print(`${document.strategyId}  ${document.name}`);
  print(document.hypothesis || '(no hypothesis)');
  print();
  const origin = [lineage.source, lineage.parent && `of ${lineage.parent}`, lineage.ref].filter(Boolean).join(' ');
  printFields('', {
    file: document.file,
    hash: document.strategyHash,
    lineage: origin,
    universe: document.universe.join(' '),
    timeframe: document.timeframe,
    costs: `${costs.feeBps} bps fee and ${costs.slippageBps} bps slippage a side`,
  });
  printParameters(document);
  printFields('features', document.features);
  printFields('plugins', shownPlugins(document));
  printFields('signals', document.signals);
  if (document.forecast !== undefined) printFields('forecast', { forecast: document.forecast });
  printFields('exits', document.exits);
  printFields('sizing', document.sizing);
}

function printParameters({ parameters, constraints, sweepPoints }: StrategyDocument): void {
  if (parameters.length === 0) return;
  print();
  const numbers = ['Default', 'Min', 'Max', 'Step'].map((title) => ({ title, align: 'right' as const }));
  print(
    renderTable(
      [{ title: 'Parameter' }, ...numbers, { title: 'Role' }],
      parameters.map(({ name, default: value, min, max, step, role }) => [
        name,
        ...[value, min, max, step].map(String),
        role ?? '',
      ]),
    ),
  );
  print(`a sweep over all of it has ${sweepPoints.toLocaleString('en')} points`);
  if (constraints.length > 0) print(`constraints: ${constraints.join('; ')}`);
}

/** `fe_entropy(series: returns) {"window":48,…}` by alias. */
function shownPlugins({ plugins }: StrategyDocument): Record<string, string> {
  return Object.fromEntries(
    Object.entries(plugins).map(([alias, { plugin, input, params }]) => {
      const inputs = Object.entries(input).map(([name, text]) => `${name}: ${String(text)}`);
      return [alias, `${plugin}(${inputs.join(', ')}) ${JSON.stringify(params)}`];
    }),
  );
}

function printFields(title: string, fields: Readonly<Record<string, unknown>>): void {
  const entries = Object.entries(fields);
  if (entries.length === 0) return;
  if (title !== '') {
    print();
    print(title);
  }
  const width = Math.max(...entries.map(([name]) => name.length));
  for (const [name, value] of entries) {
    print(`  ${name.padEnd(width)}  ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
}
