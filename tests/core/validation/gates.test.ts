import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { loadValidationGates, usualThresholds } from '../../../config/validation-gates.ts';
import { allGates, coinTail, gateDefinitions, gateRow, inBand } from '../../../core/validation/gates.ts';
import { thresholdsOf } from '../../../core/validation/thresholds.ts';
import { failuresOf } from '../../../core/validation/validate-tier.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function settings(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-gates-'));
  folders.push(folder);
  writeFileSync(join(folder, 'validation-gates.yaml'), text);
  return folder;
}

describe('the table of gates', () => {
  test('has the rows of the specification, in its order', () => {
    expect(allGates.map(({ tier, name }) => `${tier} ${name}`)).toMatchInlineSnapshot(`
      [
        "L0 signals",
        "L0 winRate",
        "L0 informationCoefficient",
        "L0 futility",
        "L1 sharpe",
        "L1 profitFactor",
        "L1 trades",
        "L1 randomEntry",
        "L2 oosSharpe",
        "L2 maxDrawdown",
        "L2 profitFactor",
        "L2 trades",
        "L2 walkForwardEfficiency",
        "L2 plateau",
        "L2 costStress",
        "L2 pbo",
        "L2 deflatedSharpe",
        "L3 walkForwardWindows",
        "L3 bootstrapInterval",
        "L3 regimes",
        "L3 deployedCorrelation",
        "L3 holdoutSharpe",
        "L3 deflatedSharpe",
      ]
    `);
  });

  test('error rates follow from the thresholds', () => {
    const rate = (tier: 'L0' | 'L1' | 'L2' | 'L3', name: string) =>
      allGates.find((gate) => gate.tier === tier && gate.name === name)?.errorRate?.(usualThresholds);
    // Phi(-0.01 sqrt(4380)) = Phi(-0.662); Phi(-0.5) over a year; Phi(-0.5 sqrt(3 x 5/7)); 16 of 32; 4 of 8.
    expect(rate('L0', 'informationCoefficient')).toBeCloseTo(0.254, 3);
    expect(rate('L1', 'sharpe')).toBeCloseTo(0.3085, 4);
    expect(rate('L2', 'oosSharpe')).toBeCloseTo(0.2321, 3);
    expect(rate('L3', 'walkForwardWindows')).toBe(0.5);
    expect(rate('L3', 'regimes')).toBe(0.5);
    expect(rate('L3', 'bootstrapInterval')).toBeCloseTo(0.025, 12);
    expect(rate('L3', 'deflatedSharpe')).toBe(0.01);
  });

  test('every row of L3 is fatal, every other one can be fixed', () => {
    expect(allGates.every(({ tier, fixable }) => fixable === (tier !== 'L3'))).toBe(true);
  });
});

test.each([
  [5, 3, 0.5],
  [5, 5, 1 / 32],
  [5, 0, 1],
  [3, 2, 0.5],
])('coinTail: at least %i tosses, %i heads', (tosses, least, chance) => {
  expect(coinTail(tosses, least)).toBeCloseTo(chance, 12);
});

describe('inBand', () => {
  const more = { pass: 1, marginal: 0.5 };
  const less = { pass: 0.3, marginal: 0.5 };

  test.each([
    [1, { passed: true, marginal: false }],
    [0.999, { passed: true, marginal: true }],
    [0.5, { passed: true, marginal: true }],
    [0.499, { passed: false }],
    [NaN, { passed: false }],
    [undefined, { passed: false }],
  ] as const)('of more is better: %s', (value, expected) => {
    expect(inBand(value, more, 'more')).toMatchObject(expected);
  });

  test.each([
    [0.3, { passed: true, marginal: false }],
    [0.5, { passed: true, marginal: true }],
    [0.501, { passed: false }],
    [NaN, { passed: false }],
  ] as const)('of less is better: %s', (value, expected) => {
    expect(inBand(value, less, 'less')).toMatchObject(expected);
  });
});

test('a row says marginal only when it passed, and leaves out a value that is none', () => {
  const { oosSharpe } = gateDefinitions.L2;
  expect(gateRow(oosSharpe, usualThresholds, inBand(0.7, usualThresholds.L2.oosSharpe, 'more'))).toEqual({
    name: 'oosSharpe',
    value: 0.7,
    threshold: 'pass >= 1, marginal >= 0.5',
    passed: true,
    marginal: true,
    fixable: true,
    errorType: 'sharpe_below_threshold',
  });
  expect(gateRow(oosSharpe, usualThresholds, { value: NaN, passed: false })).not.toHaveProperty('value');
  expect(gateRow(oosSharpe, usualThresholds, inBand(0.1, usualThresholds.L2.oosSharpe, 'more'))).not.toHaveProperty(
    'marginal',
  );
});

test('without a failed row the marginal ones are the reasons', () => {
  const { oosSharpe, maxDrawdown, trades } = gateDefinitions.L2;
  const rows = [
    gateRow(oosSharpe, usualThresholds, { value: 0.7, passed: true, marginal: true }),
    gateRow(maxDrawdown, usualThresholds, { value: 0.4, passed: true, marginal: true }),
    gateRow(trades, usualThresholds, { value: 300, passed: true }),
  ];
  expect(failuresOf(rows).map(({ errorType }) => errorType)).toEqual([
    'sharpe_below_threshold',
    'max_drawdown_extreme',
  ]);
  expect(failuresOf(rows)[0].message).toBe('oosSharpe 0.7, marginal pass >= 1, marginal >= 0.5');
});

describe('config/validation-gates.yaml', () => {
  test('that ships says what the usual numbers are', () => {
    expect(loadValidationGates()).toEqual(usualThresholds);
  });

  test('an empty or missing file means the usual numbers', () => {
    expect(loadValidationGates(settings('# nothing\n'))).toEqual(usualThresholds);
    expect(loadValidationGates(join(tmpdir(), 'nowhere'))).toEqual(usualThresholds);
  });

  test('changes what it names and nothing else', () => {
    const { L1, L2 } = loadValidationGates(
      settings('L1: { sharpe: 0.7 }\nL2: { plateau: { pass: 0.8, marginal: 0.6 } }'),
    );
    expect(L1).toEqual({ ...usualThresholds.L1, sharpe: 0.7 });
    expect(L2.plateau).toEqual({ pass: 0.8, marginal: 0.6 });
    expect(L2.trades).toEqual(usualThresholds.L2.trades);
  });

  test.each([
    ['L1: { sharp: 0.7 }', /L1\.sharp.*unknown key.*sharpe/s],
    ['L2: { plateau: 0.7 }', /L2\.plateau/],
    ['L2: { trades: { pass: 50, marginal: 100 } }', /pass at or above marginal/],
    ['L2: { maxDrawdown: { pass: 0.5, marginal: 0.3 } }', /pass at or below marginal/],
    ['L2: { pboBlocks: 15 }', /pboBlocks/],
    ['L3: { confidence: 2 }', /confidence/],
    ['overrides: { STR-001: { L1: { trades: 5 } } }', /reason/],
    ['overrides: { STR-001: { reason: short, L1: { trades: 5 } } }', /ten letters/],
    ['overrides: { one: { reason: A long enough reason } }', /overrides/],
  ])('refuses %s', (text, message) => {
    let said = '';
    try {
      loadValidationGates(settings(text));
    } catch (thrown) {
      const { place, message: what } = thrown as { place: object; message: string };
      said = `${Object.values(place).join(' ')} ${what} ${JSON.stringify(place)}`;
    }
    expect(said).toMatch(message);
  });
});

describe('thresholdsOf', () => {
  const gates = loadValidationGates(
    settings(
      `overrides:\n  STR-151:\n    reason: A rare event by design.\n    L1: { trades: 5 }\n    L2: { trades: { pass: 20, marginal: 10 } }`,
    ),
  );

  test('another strategy has the desk’s numbers', () => {
    expect(thresholdsOf(gates, 'STR-150', 'L2')).toEqual({ thresholds: usualThresholds });
  });

  test('its own strategy has its own, with the reason and what they replace at the tier', () => {
    const { thresholds, overrides } = thresholdsOf(gates, 'STR-151', 'L2');
    expect(thresholds.L1.trades).toBe(5);
    expect(thresholds.L2).toEqual({ ...usualThresholds.L2, trades: { pass: 20, marginal: 10 } });
    expect(overrides).toEqual({
      reason: 'A rare event by design.',
      thresholds: [{ key: 'L2.trades', value: { pass: 20, marginal: 10 }, instead: { pass: 100, marginal: 50 } }],
    });
    expect(thresholdsOf(gates, 'STR-151', 'L3').overrides).toBeUndefined();
  });
});
