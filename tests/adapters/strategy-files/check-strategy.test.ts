import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkStrategyText } from '../../../adapters/strategy-files/check-strategy.ts';
import { problemLine } from '../../../adapters/strategy-files/yaml-document.ts';

const lines = (text: string): string[] =>
  checkStrategyText(text).errors.map((problem) => problemLine('f.yaml', problem));

const head = 'id: STR-001\nname: A name\nhypothesis: It earns.\nuniverse: [BTC/USDT]\ntimeframe: 1h\n';
const enter = 'signals: { enterLong: close > open }\n';

const checked = (text: string) => {
  const { strategy, errors } = checkStrategyText(text);
  if (strategy === undefined) throw new Error(JSON.stringify(errors));
  return strategy;
};

test('all mistakes of a file are reported at once, by line, each one once', () => {
  const text = `# a comment
id: STR-1
name:
universe: [BTCUSDT, btc/usdt, BTC-USDT, BTC-USDT-PERP]
timeframe: 7h
extra: 1
parameters:
  fast: { default: 10.5, min: 12, max: 5, stepp: 1 }
  slow: { default: 3, min: 1, max: 9 }
  sma: { default: 1, min: 1, max: 2 }
constraints: [slow < 3, close]
features:
  a: sma(close, fast
  b: c
  c: b + a
  d: |
    sma(close, 3)
  constructor: 5
plugins:
  noise: { plugin: fe_entropy, input: { series: returns2 } }
signals:
  enterLong: noise.x > 1 and noize.y > 1
exits: { stopLoss: 1.5, takeProfit: 0, maxBars: slow / 2, trailingStop: 1/0 }
sizing: { method: volTarget, annualVol: 0.4, lookback: 1 }
costs: { feeBps: -1 }
`;
  expect(lines(text)).toMatchInlineSnapshot(`
    [
      "f.yaml:2 id: wrong value, expected STR- and 3 to 6 digits, found STR-1",
      "f.yaml:3 name: wrong value, expected a text, found nothing",
      "f.yaml:4 universe[0]: is no symbol, expected BTC/USDT (spot) or BTC/USDT:USDT (perpetual), found BTCUSDT (did you mean BTC/USDT?)",
      "f.yaml:4 universe[2]: repeats BTC/USDT, expected each symbol once",
      "f.yaml:5 timeframe: wrong value, expected one of 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d, found 7h (did you mean 1h?)",
      "f.yaml:6 extra: unknown key extra, expected one of id name hypothesis lineage universe timeframe parameters constraints features plugins signals forecast exits costs sizing",
      "f.yaml:8 parameters.fast.stepp: unknown key stepp, expected one of default min max step role (did you mean step?)",
      "f.yaml:10 parameters.sma: the name sma is taken by the language (a function), expected another name",
      "f.yaml:11 constraints[0]: the defaults break slow < 3, expected defaults that obey it",
      "f.yaml:11 constraints[1]: close may not stand here, at position 1, expected numbers and parameters only",
      "f.yaml:13 features.a: unexpected end of expression at position 16, expected ')' (inside { } or [ ] a comma ends an expression, so quote it or put it on a line of its own)",
      "f.yaml:14 features.b: is part of the cycle b -> c -> b, expected features that do not lead back to themselves",
      "f.yaml:18 features.constructor: the name constructor is taken by JavaScript, expected another name",
      "f.yaml:20 plugins.noise.plugin: fe_entropy is no series plugin of strategy files, expected no plugin: none is installed",
      "f.yaml:20 plugins.noise.input.series: unknown name returns2 at position 1, expected a series, feature or parameter (did you mean returns?)",
      "f.yaml:22 signals.enterLong: unexpected '.y' behind noize at position 17, expected a call or a name of plugins before it (did you mean noise?)",
      "f.yaml:23 exits.stopLoss: is out of range, expected a number above 0 and below 1, found 1.5",
      "f.yaml:23 exits.takeProfit: is out of range, expected a number above 0, found 0",
      "f.yaml:23 exits.trailingStop: is out of range, expected a number above 0 and below 1, found 1 / 0 = missing",
      "f.yaml:23 exits.maxBars: is out of range, expected an integer >= 1, found slow / 2 = 1.5",
      "f.yaml:24 sizing.maxFraction: is missing, expected an expression (text or number; quote one that holds ? :)",
      "f.yaml:25 costs.feeBps: wrong value, expected basis points, 0 to 1,000, found -1",
    ]
  `);
});

test('an error that another one explains is left out', () => {
  expect(lines(head.replace('timeframe', 'timefame') + enter)).toEqual([
    'f.yaml:5 timefame: unknown key timefame, expected one of id name hypothesis lineage universe timeframe parameters constraints features plugins signals forecast exits costs sizing (did you mean timeframe?)',
  ]);
  expect(lines(`${head}signals: { enterLnog: close > 1, exitLong: clsoe }`).map((line) => line.slice(0, 45))).toEqual([
    'f.yaml:6 signals.enterLnog: unknown key enter',
    'f.yaml:6 signals.exitLong: unknown name clsoe',
  ]);
  const badDefault = 'parameters: { n: { default: 90, min: 2, max: 50 } }\nfeatures: { mean: "sma(close, n)" }\n';
  expect(lines(head + badDefault + enter)).toEqual([
    'f.yaml:6 parameters.n.default: is out of range, expected 2..50, found 90',
  ]);
});

describe('what is left out has its default', () => {
  test('sizing, costs, lineage', () => {
    expect(checked(head + enter)).toMatchObject({
      lineage: { source: 'manual' },
      parameters: [],
      sizing: { method: 'fraction', fraction: { kind: 'number', value: 1 } },
      costs: { feeBps: 10, slippageBps: 0 },
      exits: {},
    });
  });

  // Section 1 of the specification: step = (max - min) / 10, for integers max(1, round of that).
  test.each([
    ['{ default: 10, min: 2, max: 50 }', { integer: true, step: 5 }],
    ['{ default: 2, min: 1, max: 4 }', { integer: true, step: 1 }],
    ['{ default: 2, min: 1, max: 4, step: 0.5 }', { integer: false, step: 0.5 }],
    ['{ default: 0.5, min: 0, max: 2 }', { integer: false, step: 0.2 }],
    ['{ default: 10, min: 2, max: 50, step: 3, role: lookback }', { integer: true, step: 3, role: 'lookback' }],
  ])('parameter %s', (text, expected) => {
    expect(checked(`${head}parameters: { n: ${text} }\n${enter}`).parameters).toMatchObject([
      { name: 'n', ...expected },
    ]);
  });

  test('a file without a hypothesis is taken, with a warning', () => {
    const { errors, warnings } = checkStrategyText(head.replace(/hypothesis.*\n/, '') + enter);
    expect(errors).toEqual([]);
    expect(warnings.map(({ path }) => path)).toEqual(['hypothesis']);
  });
});

test('symbols are taken in the spellings of people and stored as CCXT has them', () => {
  const text = head.replace('[BTC/USDT]', '[btc/usdt, ETH-USDT-PERP, SOL_USDT, xrp/usdt:usdt]') + enter;
  expect(checked(text).universe).toEqual(['BTC/USDT', 'ETH/USDT:USDT', 'SOL/USDT', 'XRP/USDT:USDT']);
});

test('features may be used before they are named, and a block text is one expression', () => {
  const features = 'features:\n  a: b + 1\n  b: >\n    sma(close,\n    3)\n  c: |\n    a * 2\n';
  expect(checked(head + features + enter).features.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
});

describe('refused', () => {
  const values = (text: string) => lines(head + enter + text);

  test.each([
    ['exits: { stopLoss: 1 }', 'exits.stopLoss: is out of range, expected a number above 0 and below 1, found 1'],
    [
      'exits: { trailingStop: 0 }',
      'exits.trailingStop: is out of range, expected a number above 0 and below 1, found 0',
    ],
    ['exits: { takeProfit: -1 }', 'exits.takeProfit: is out of range, expected a number above 0, found -1'],
    ['exits: { maxBars: 1.5 }', 'exits.maxBars: is out of range, expected an integer >= 1, found 1.5'],
    ['exits: { maxBars: 0 }', 'exits.maxBars: is out of range, expected an integer >= 1, found 0'],
    [
      'exits: { stopLoss: 0/0 }',
      'exits.stopLoss: is out of range, expected a number above 0 and below 1, found 0 / 0 = missing',
    ],
    [
      'sizing: { method: fraction, fraction: 0 }',
      'sizing.fraction: is out of range, expected a number above 0, found 0',
    ],
    [
      'sizing: { method: fraction, fraction: close }',
      'sizing.fraction: close may not stand here, at position 1, expected numbers and parameters only',
    ],
    [
      'sizing: { method: volTarget, annualVol: 0.4, lookback: 1, maxFraction: 1 }',
      'sizing.lookback: is out of range, expected an integer >= 2, found 1',
    ],
    [
      'sizing: { method: volTarget, annualVol: 0.4, lookback: 24 }',
      'sizing.maxFraction: is missing, expected an expression (text or number; quote one that holds ? :)',
    ],
    [
      'sizing: { plugin: risk_vol_target, maxFraction: 1 }',
      'sizing.plugin: risk_vol_target is no sizing plugin of strategy files, expected no plugin: none is installed',
    ],
    [
      'sizing: all',
      'sizing: wrong value, expected a map with method: fraction, method: volTarget, or plugin, found all',
    ],
    ['costs: { feeBps: -1 }', 'costs.feeBps: wrong value, expected basis points, 0 to 1,000, found -1'],
    ['lineage: { source: me }', 'lineage.source: wrong value, expected one of manual discovery retry pivot, found me'],
    [
      'forecast: [1]',
      'forecast: wrong value, expected an expression (text or number; quote one that holds ? :), found a list of 1',
    ],
    [
      'forecast:',
      'forecast: wrong value, expected an expression (text or number; quote one that holds ? :), found nothing',
    ],
    [
      'forecast: .nan',
      'forecast: wrong value, expected an expression (text or number; quote one that holds ? :), found NaN',
    ],
    [
      'features: { sma: close }',
      'features.sma: the name sma is taken by the language (a function), expected another name',
    ],
    ['features: { not: close }', 'features.not: the name not is taken by the language, expected another name'],
    [
      'features: { 3x: close }',
      'features.3x: 3x is no name: a letter or _, then at most 63 letters, digits or _, expected another name',
    ],
    [
      'features: { __proto__: close }',
      'features.__proto__: the name __proto__ is taken by JavaScript, expected another name',
    ],
    [
      'features: { toString: close }',
      'features.toString: the name toString is taken by JavaScript, expected another name',
    ],
    [
      'parameters: { n: { default: 1, min: 3, max: 1 } }',
      'parameters.n.min: is above max, expected at most 1, found 3',
    ],
    [
      'parameters: { n: { default: 1, min: 1, max: 3, step: 0 } }',
      'parameters.n.step: wrong value, expected above 0, found 0',
    ],
    ['parameters: { n: { default: 1, min: 1 } }', 'parameters.n.max: is missing, expected a number'],
    [
      'plugins: { n: { plugin: fe_kalman, input: {} } }',
      'plugins.n.plugin: fe_kalman is no series plugin of strategy files, expected no plugin: none is installed',
    ],
  ])('%s', (text, message) => {
    expect(values(text)).toEqual([`f.yaml:7 ${message}`]);
  });

  test.each([
    ['', 'f.yaml:1: the file is empty, expected a strategy'],
    ['# nothing', 'f.yaml:1: the file is empty, expected a strategy'],
    [
      '- a',
      'f.yaml:1: wrong value, expected a map of id, name, hypothesis, universe, timeframe, signals and more, found a list of 1',
    ],
    ['a: b: c', 'f.yaml:1: not YAML: Nested mappings are not allowed in compact mappings, expected YAML 1.2'],
    [
      '\n\na: [1',
      'f.yaml:3: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ], expected YAML 1.2',
    ],
    ['a: !!js x', 'f.yaml:1: not YAML: Unresolved tag: tag:yaml.org,2002:js, expected YAML 1.2'],
    ['a: 1\n---\nb: 1', 'f.yaml:2: a second document begins, expected one strategy a file'],
    ['['.repeat(20_000), 'f.yaml:1: brackets or indents are nested too deeply, expected YAML 1.2'],
  ])('the text %j', (text, message) => {
    expect(lines(text)[0]).toBe(message);
  });

  test('keys that are given twice, at any depth, with the line of the second', () => {
    expect(lines(`${head}signals:\n  enterLong: close > 1\n  enterLong: close > 2\n`)).toEqual([
      'f.yaml:8 signals.enterLong: duplicate key enterLong, expected each key once',
    ]);
  });

  test('anchors that unfold to more than their text', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(of).join(', ')}]`;
    const bomb = [level('a', '1'), level('b', '*a'), level('c', '*b'), level('d', '*c')];
    expect(lines(bomb.join('\n'))).toEqual(['f.yaml:1: anchors unfold to too much, expected YAML 1.2']);
  });

  test('expressions that a comma cut in two, with what to do', () => {
    const hint = 'inside { } or [ ] a comma ends an expression, so quote it or put it on a line of its own';
    expect(lines(`${head}signals: { enterLong: close > sma(close, 3) }\n`)).toEqual([
      expect.stringContaining(`f.yaml:6 signals.3): 3) is no key: ${hint}`),
      `f.yaml:6 signals.enterLong: unexpected end of expression at position 18, expected ')' (${hint})`,
    ]);
    expect(lines(`${head}${enter}features: { a: sma(close, 3) }\n`)).toContain(
      `f.yaml:7 features.3): 3) is no name: ${hint}, expected another name`,
    );
  });

  test('cycles are printed, one problem a cycle', () => {
    const features = 'features:\n  a: b + 1\n  b: sma(c, 3)\n  c: a\n  d: d\n  e: a + d\n';
    expect(lines(head + features + enter)).toEqual([
      'f.yaml:7 features.a: is part of the cycle a -> b -> c -> a, expected features that do not lead back to themselves',
      'f.yaml:10 features.d: is part of the cycle d -> d, expected features that do not lead back to themselves',
    ]);
  });

  test('features that are too deep once they are put in place of their names', () => {
    const chain = Array.from({ length: 150 }, (_, i) => `  f${i}: ${i === 0 ? 'close' : `---f${i - 1} + 1`}`);
    expect(lines(`${head}features:\n${chain.join('\n')}\n${enter}`)).toEqual([
      'f.yaml:132 features.f125: is 501 deep with the features it uses, expected at most 500',
    ]);
  });

  test('more names than a file may hold', () => {
    const names = Array.from({ length: 201 }, (_, i) => `  f${i}: close`).join('\n');
    expect(lines(`${head}features:\n${names}\n${enter}`)).toEqual([
      'f.yaml:6 features: holds too many names, expected at most 200, found 201',
    ]);
  });
});

test('any text is a strategy or has problems with a line; nothing is thrown', () => {
  const key = fc.constantFrom(
    'id',
    'universe',
    'parameters',
    'features',
    'signals',
    'sizing',
    'exits',
    '__proto__',
    'x',
  );
  const value = fc.constantFrom(
    '1',
    'close',
    '[a, b]',
    '{ enterLong: close > 1 }',
    '{ a: { default: 1 } }',
    '"',
    '&a',
    '*a',
    '|',
    '',
  );
  const files = fc.array(
    fc.tuple(key, value).map((pair) => pair.join(': ')),
    { maxLength: 8 },
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    files.map((all) => all.join('\n')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const { strategy, errors } = checkStrategyText(text);
      expect(strategy === undefined).toBe(errors.length > 0);
      for (const { line, message } of errors) expect([line >= 1, message.length > 0]).toEqual([true, true]);
    }),
    { numRuns: 1_000 },
  );
});
