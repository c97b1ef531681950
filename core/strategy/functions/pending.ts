import { DeskError } from '../../errors.ts';
import { constant, series, window } from './arguments.ts';
import type { ArgumentSpec, SeriesFunction } from './series-function.ts';

const hlc = ['high', 'low', 'close'] as const;
type Columns = SeriesFunction['columns'];

function pendingFunction(
  name: string,
  args: readonly ArgumentSpec[],
  columns: Columns = [],
  outputs = ['value'],
): SeriesFunction {
  return {
    name,
    summary: 'Not built yet.',
    args,
    columns,
    outputs,
    create: () => {
      throw new DeskError('Internal', `${name} is not built yet`);
    },
  };
}

const x = series('x');
const y = series('y');
const w = window('w');
const w2 = window('w', 2);

export const pending: readonly SeriesFunction[] = [
  pendingFunction('wma', [x, w]),
  pendingFunction('rsi', [x, w2]),
  pendingFunction('cci', [w2], hlc),
  pendingFunction('willr', [w], hlc),
  pendingFunction('mfi', [w2], [...hlc, 'volume']),
  pendingFunction('obv', [], ['close', 'volume']),
  pendingFunction('trueRange', [], hlc),
  pendingFunction('atr', [w], hlc),
  pendingFunction('natr', [w], hlc),
  pendingFunction('adx', [w2], hlc),
  pendingFunction('plusDi', [w], hlc),
  pendingFunction('minusDi', [w], hlc),
  pendingFunction(
    'macd',
    [x, window('fast', 2), window('slow', 2), window('signal', 2)],
    [],
    ['line', 'signal', 'histogram'],
  ),
  pendingFunction('bbands', [x, w, constant('mult')], [], ['upper', 'middle', 'lower']),
  pendingFunction('stoch', [window('kWindow'), window('kSmooth'), window('dSmooth')], hlc, ['k', 'd']),
  pendingFunction('sar', [constant('step'), constant('max')], ['high', 'low']),
  pendingFunction('stddev', [x, w]),
  pendingFunction('median', [x, w]),
  pendingFunction('zscore', [x, w]),
  pendingFunction('quantile', [x, w, constant('q', { min: 0, max: 1 })]),
  pendingFunction('percentRank', [x, w]),
  pendingFunction('slope', [x, w2]),
  pendingFunction('correlation', [x, y, w2]),
  pendingFunction('beta', [x, y, w2]),
  pendingFunction('vwap', [w], [...hlc, 'volume']),
];
