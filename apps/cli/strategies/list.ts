import { checkStrategyFolder } from '../../../adapters/strategy-files/read-strategy.ts';
import { strategyHash } from '../../../adapters/strategy-files/strategy-hash.ts';
import { strategiesFolder } from '../../../config/paths.ts';
import { type SignalName, signalNames, type Strategy } from '../../../core/strategy/strategy.ts';
import { loadStrategyPlugins } from '../../../plugins/strategy/load.ts';
import { notice, print, printJson } from '../output.ts';
import { renderTable } from '../table.ts';
import { shownPath } from './shown-path.ts';
import { strategyCount } from '../format.ts';

/** `nightdesk strategies list`: what is valid as a table, what is not as a count. */
export async function listStrategies({ json }: Readonly<{ json?: true }>): Promise<void> {
  const files = await checkStrategyFolder(strategiesFolder(), loadStrategyPlugins);
  const strategies = files.flatMap(({ file, strategy }) =>
    strategy === undefined ? [] : [summaryOf(shownPath(file), strategy)],
  );
  const bad = files.filter(({ strategy }) => strategy === undefined).map(({ file }) => shownPath(file));
  if (json) {
    printJson({ strategies, bad });
    return;
  }
  print(
    renderTable(
      [
        { title: 'Id' },
        { title: 'Name' },
        { title: 'Bars' },
        { title: 'Universe' },
        { title: 'Sides' },
        { title: 'Hash' },
      ],
      strategies.map(({ strategyId, name, timeframe, universe, signals, strategyHash: hash }) => [
        strategyId,
        name,
        timeframe,
        universe.length === 1 ? universe[0] : `${universe[0]} and ${universe.length - 1} more`,
        sidesOf(signals),
        hash.slice(0, 12),
      ]),
    ),
  );
  notice(`${strategyCount(strategies.length)} in ${shownPath(strategiesFolder())}`);
  if (bad.length > 0) notice(`${bad.length} bad, see nightdesk strategies check: ${bad.join(', ')}`);
}

function summaryOf(file: string, strategy: Strategy) {
  const { id, name, timeframe, universe, parameters, signals } = strategy;
  return {
    file,
    strategyId: id,
    name,
    timeframe,
    universe,
    parameters: parameters.map((parameter) => parameter.name),
    signals: signalNames.filter((signal) => signals[signal] !== undefined),
    strategyHash: strategyHash(strategy),
  };
}

function sidesOf(signals: readonly SignalName[]): string {
  const sides = [signals.includes('enterLong') ? 'long' : '', signals.includes('enterShort') ? 'short' : ''];
  return sides.filter(Boolean).join(', ');
}
