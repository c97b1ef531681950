import { describe, expect, test } from 'vitest';
import { checkStrategyText } from '../../../adapters/strategy-files/check-strategy.ts';
import { strategyHash } from '../../../adapters/strategy-files/strategy-hash.ts';
import { strategyShape } from '../../../adapters/strategy-files/strategy-shape.ts';
import { problemLine } from '../../../adapters/strategy-files/yaml-document.ts';
import type { Strategy } from '../../../core/strategy/strategy.ts';
import { strategyPlugins } from '../../../plugins/strategy/catalogue.ts';

const head = `id: STR-001
name: x
hypothesis: y
universe: [BTC/USDT]
timeframe: 1h
`;

const noise = 'plugins: { noise: { plugin: fe_entropy, input: { series: returns }, params: { window: 48 } } }\n';
const enter = 'signals: { enterLong: noise.permutation < 0.9 }\n';

function strategyOf(text: string): Strategy {
  const { strategy, errors } = checkStrategyText(text, strategyPlugins);
  if (strategy === undefined) throw new Error(JSON.stringify(errors));
  return strategy;
}

const lines = (text: string): string[] =>
  checkStrategyText(head + text, strategyPlugins).errors.map((problem) => problemLine('f.yaml', problem));

/** One series plugin under the alias `p`, on line 6, with an entry that needs none of its outputs. */
const linesOf = (plugin: string, params: string, input = 'series: close') =>
  lines(
    `plugins: { p: { plugin: ${plugin}, input: { ${input} }, params: ${params} } }\nsignals: { enterLong: close > 1 }\n`,
  );

const sizingLines = (plugin: string, params: string) =>
  lines(`sizing: { plugin: ${plugin}, params: ${params}, maxFraction: 1 }\nsignals: { enterLong: close > 1 }\n`);

test('a plugin lends its outputs to the expressions; its settings come back whole', () => {
  const { plugins, sizing } = strategyOf(
    `${head}${noise}${enter}sizing: { plugin: risk_vol_target, params: { targetVol: 0.2 }, maxFraction: 1 }\n`,
  );
  expect(plugins).toMatchObject([
    { alias: 'noise', plugin: 'fe_entropy', params: { window: 48, permOrder: 3, bins: 10 } },
  ]);
  expect(sizing).toMatchObject({ method: 'plugin', params: { targetVol: 0.2, halfLife: 30, minObs: 20 } });
});

test('inputs may use features and other plugin series, in any order', () => {
  const text = `${head}features: { smooth: fair.level }
plugins:
  frac: { plugin: fe_fracdiff, input: { series: smooth }, params: { d: 0.4, threshold: 0.01 } }
  fair: { plugin: fe_kalman, input: { series: log(close) + 10 }, params: { noise: { mode: fixed, epsilonVar: 1, levelVar: 1 } } }
signals: { enterLong: frac.values > 0 }
`;
  expect(strategyOf(text).plugins.map(({ alias }) => alias)).toEqual(['frac', 'fair']);
});

describe('is refused by file, line and field', () => {
  test.each<[string, string, string]>([
    [
      'fe_mini_pca',
      '{}',
      'f.yaml:6 plugins.p.plugin: fe_mini_pca is no series plugin of strategy files, expected one of fe_kalman fe_garch fe_fracdiff fe_wavelet fe_entropy',
    ],
    [
      'fe_entropi',
      '{}',
      'f.yaml:6 plugins.p.plugin: fe_entropi is no series plugin of strategy files, expected one of fe_kalman fe_garch fe_fracdiff fe_wavelet fe_entropy (did you mean fe_entropy?)',
    ],
    [
      'fe_kalman',
      '{ noise: { mode: mle } }',
      "f.yaml:6 plugins.p.params.noise.mode: fe_kalman: variances estimated from the whole series look ahead, expected 'fixed', found mle",
    ],
    [
      'fe_kalman',
      '{ noise: { mode: fixed, epsilonVar: 1, levelVar: 1 }, smooth: true }',
      'f.yaml:6 plugins.p.params.smooth: fe_kalman: smoothed values look ahead, expected false, found true',
    ],
    [
      'fe_kalman',
      '{ model: localLinearTrend, noise: { mode: fixed, epsilonVar: 1, levelVar: 1 } }',
      'f.yaml:6 plugins.p.params.noise.slopeVar: fe_kalman: missing, expected a variance for localLinearTrend',
    ],
    ['fe_kalman', '{}', 'f.yaml:6 plugins.p.params.noise: fe_kalman: missing, expected variances, or {mode: "mle"}'],
    [
      'fe_fracdiff',
      '{ search: {} }',
      'f.yaml:6 plugins.p.params.search: fe_fracdiff: a search for d over the whole series looks ahead, expected params.d, found {"from":0,"to":1,"step":0.05,"pValue":0.05,"lags":1,"regression":"c"}',
    ],
    ['fe_fracdiff', '{}', 'f.yaml:6 plugins.p.params.d: fe_fracdiff: missing, expected an order'],
    [
      'fe_fracdiff',
      '{ d: 0.1, threshold: 1e-9 }',
      'f.yaml:6 plugins.p.params.threshold: fe_fracdiff: d 0.1 needs too long a window, expected a window of at most 1000000: raise the threshold, found more than 1000000',
    ],
    [
      'fe_wavelet',
      '{ mode: smooth }',
      "f.yaml:6 plugins.p.params.mode: fe_wavelet: a value of mode smooth looks ahead, expected 'causal', found smooth",
    ],
    [
      'fe_wavelet',
      '{ window: 8 }',
      'f.yaml:6 plugins.p.params.window: fe_wavelet: too short for db4, expected at least 14, found 8',
    ],
    [
      'fe_entropy',
      '{}',
      'f.yaml:6 plugins.p.params.window: fe_entropy: entropy of the whole series looks ahead, expected a window',
    ],
    [
      'fe_entropy',
      '{ window: 5 }',
      'f.yaml:6 plugins.p.params.window: fe_entropy: Too small, expected number to be >=10, found 5',
    ],
    [
      'fe_entropy',
      '{ window: 10, permDelay: 9 }',
      'f.yaml:6 plugins.p.params.permDelay: fe_entropy: patterns span too much of 10 values, expected at least 20 values, found 9',
    ],
    [
      'fe_entropy',
      '{ windo: 20 }',
      'f.yaml:6 plugins.p.params.windo: fe_entropy: unknown setting windo, expected one of measures window bins order toleranceFactor tolerance permOrder permDelay encoding alphabet (did you mean window?)',
    ],
  ])('%s with %s', (plugin, params, line) => {
    expect(linesOf(plugin, params)).toEqual([line]);
  });

  test.each<[string, string]>([
    [
      '{}',
      "f.yaml:6 plugins.p.params.fit: fe_garch: a fit to the whole series looks ahead, expected 'none' with coefficients, or ewma, found none given, which means mle",
    ],
    [
      '{ fit: mle }',
      "f.yaml:6 plugins.p.params.fit: fe_garch: a fit to the whole series looks ahead, expected 'none' with coefficients, or ewma, found mle",
    ],
    [
      '{ fit: none }',
      "f.yaml:6 plugins.p.params.coefficients: fe_garch: missing, expected mu, omega, alpha, beta, or fit: 'mle'",
    ],
    [
      '{ variant: ewma, fit: mle }',
      "f.yaml:6 plugins.p.params.fit: fe_garch: ewma is not fitted, expected 'none', found mle",
    ],
  ])('fe_garch with %s', (params, line) => {
    expect(linesOf('fe_garch', params, 'returns: returns')).toEqual([line]);
  });

  test.each<[string, string, string[]]>([
    [
      'a wrong input',
      'serie: close',
      ['f.yaml:6 plugins.p.input.serie: fe_entropy has no input serie, expected series (did you mean series?)'],
    ],
    ['no input', '', ['f.yaml:6 plugins.p.input.series: is missing, expected an expression']],
    [
      'an unknown name',
      'series: clos',
      [
        'f.yaml:6 plugins.p.input.series: unknown name clos at position 1, expected a series, feature or parameter (did you mean close?)',
      ],
    ],
    [
      'cut at its comma',
      'series: roc(close, 2)',
      [
        'f.yaml:6 plugins.p.input.2): 2) is no name: inside { } or [ ] a comma ends an expression, so quote it or put it on a line of its own, expected an expression (text or number; quote one that holds ? :)',
      ],
    ],
    [
      'itself',
      'series: p.shannon',
      ['f.yaml:6 plugins.p: is part of the cycle p -> p, expected plugins that do not lead back to themselves'],
    ],
  ])('an input that is %s', (_, input, expected) => {
    expect(linesOf('fe_entropy', '{ window: 20 }', input)).toEqual(expected);
  });

  test('an output that the settings do not give', () => {
    expect(lines(`${noise.replace('window: 48', 'window: 48, measures: [shannon]')}${enter}`)).toEqual([
      'f.yaml:7 signals.enterLong: noise has no output .permutation at position 1, expected .shannon',
    ]);
  });

  test('a cycle through features', () => {
    const text = `features: { f: noise.shannon }\n${noise.replace('returns', 'f')}${enter}`;
    expect(lines(text)).toEqual([
      'f.yaml:6 features.f: is part of the cycle f -> noise -> f, expected features that do not lead back to themselves',
    ]);
  });

  test.each<[string, string, string]>([
    [
      'risk_var_budget',
      '{}',
      'f.yaml:6 sizing.plugin: risk_var_budget is no sizing plugin of strategy files, expected one of risk_vol_target risk_cvar_size risk_frac_kelly_atten risk_drawdown_derisk (did you mean risk_vol_target?)',
    ],
    [
      'risk_vol_target',
      '{}',
      'f.yaml:6 sizing.params.targetVol: risk_vol_target: Invalid input, expected number, received undefined, found undefined',
    ],
    [
      'risk_cvar_size',
      '{ cvarBudget: 0.02, portfolioCvarBudget: 0.1 }',
      'f.yaml:6 sizing.params.portfolioCvarBudget: risk_cvar_size: a strategy has no portfolio to look at, expected left out, found 0.1',
    ],
    [
      'risk_drawdown_derisk',
      '{ maxDrawdown: 0.1, softStart: 0.2 }',
      'f.yaml:6 sizing.params.softStart: risk_drawdown_derisk: not below maxDrawdown, expected less than 0.1, found 0.2',
    ],
  ])('%s with %s', (plugin, params, line) => {
    expect(sizingLines(plugin, params)).toEqual([line]);
  });
});

describe('hash and family', () => {
  const text = `${head}${noise}${enter}`;
  const hashOf = (source: string) => strategyHash(strategyOf(source));
  const shapeOf = (source: string) => strategyShape(strategyOf(source));

  test('a setting that is written out with its default changes neither', () => {
    const same = text.replace('window: 48', 'bins: 10, window: 48');
    expect([hashOf(same), shapeOf(same)]).toEqual([hashOf(text), shapeOf(text)]);
  });

  test('another number is another strategy of one family', () => {
    const other = text.replace('window: 48', 'window: 96');
    expect(hashOf(other)).not.toBe(hashOf(text));
    expect(shapeOf(other)).toBe(shapeOf(text));
  });

  test('another kind of setting, or another input, is another family', () => {
    const kind = text.replace('window: 48', 'window: 48, encoding: sign');
    const input = text.replace('returns', 'volume');
    expect(new Set([text, kind, input].map(shapeOf)).size).toBe(3);
    expect(new Set([text, kind, input].map(hashOf)).size).toBe(3);
  });

  test('the settings of a sizing plugin are part of the hash, not of the family', () => {
    const sized = (vol: number) =>
      `${text}sizing: { plugin: risk_vol_target, params: { targetVol: ${vol} }, maxFraction: 1 }\n`;
    expect(hashOf(sized(0.2))).not.toBe(hashOf(sized(0.3)));
    expect(shapeOf(sized(0.2))).toBe(shapeOf(sized(0.3)));
  });
});
