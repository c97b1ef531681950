import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  checkStrategyFile,
  checkStrategyFolder,
  readStrategy,
  resolveStrategyFile,
} from '../../../adapters/strategy-files/read-strategy.ts';
import { strategyHash } from '../../../adapters/strategy-files/strategy-hash.ts';
import { strategyShape } from '../../../adapters/strategy-files/strategy-shape.ts';
import { problemLine } from '../../../adapters/strategy-files/yaml-document.ts';
import { projectFolder } from '../../../config/paths.ts';
import { leakNames } from '../../../core/validation/leaks/leak-check.ts';
import { codeText, writeCode } from './strategy-file.ts';

const read = (text: string) => readStrategy(writeCode(text));

test('the example of the documentation is a good strategy', async () => {
  const page = readFileSync(join(projectFolder, 'docs', 'strategies-in-typescript.md'), 'utf8');
  const [, example = ''] = /```ts\n(.*?)```/s.exec(page) ?? [];
  expect(await checkStrategyFile(writeCode(example))).toMatchObject({
    strategyId: 'STR-101',
    errors: [],
    warnings: [],
  });
  for (const name of leakNames) expect(page).toContain(`| \`${name}\` |`);
});

test('a folder lists STR-….ts beside YAML, and an id finds it', async () => {
  const file = writeCode(codeText());
  const folder = dirname(file);
  writeFileSync(join(folder, 'levels.ts'), 'export const level = 1;');
  expect(await checkStrategyFolder(folder)).toMatchObject([{ file, strategyId: 'STR-901', errors: [] }]);
  expect(await resolveStrategyFile('str-901', folder)).toBe(file);
});

test('the data of a definition is read as that of a file of YAML', async () => {
  const strategy = await read(
    codeText({ data: "name: 'Long ' + 'text', exits: { maxBars: 24, stopLoss: 'margin * 2' }, costs: { feeBps: 5 }" }),
  );
  expect(strategy).toMatchObject({
    id: 'STR-901',
    name: 'Long text',
    universe: ['BTC/USDT:USDT'],
    parameters: [{ name: 'margin', default: 0.01, min: 0, max: 0.1, step: 0.01, integer: false }],
    exits: { maxBars: { value: 24 }, stopLoss: { kind: 'binary' } },
    costs: { feeBps: 5, slippageBps: 0 },
    signals: { enterLong: { alias: 'code', output: 'enterLong' }, exitLong: { output: 'exitLong' } },
    forecast: { output: 'forecast' },
  });
});

const refusals: readonly (readonly [what: string, text: string, line: RegExp])[] = [
  [
    'another module',
    codeText({ head: "import { readFileSync } from 'node:fs';" }),
    /:2: imports node:fs, expected import/,
  ],
  [
    'another export',
    codeText({ head: 'export const a = 1;' }),
    /:2: exports something else, expected one export default/,
  ],
  ['no definition', 'const a = 1;\n', /:1: holds no export default defineStrategy/],
  ['broken syntax', codeText({ head: 'const = 1;' }), /:2: not TypeScript: Unexpected token/],
  ['types that cannot be stripped', codeText({ head: 'enum A { b }' }), /enum is not supported in strip-only mode/],
  ['await at the top', codeText({ head: 'await 1;' }), /:2: throws SyntaxError: await is only valid/],
  [
    'data that is computed',
    codeText({ data: 'name: title()' }),
    /:5 name: is not written out, expected a value written/,
  ],
  ['data of a variable', codeText({ data: "name: 'x', costs" }), /:5 costs: is not written out/],
  ['a misspelt key', codeText({ data: "name: 'x', cost: {}" }), /:5 cost: unknown key cost, .*did you mean costs/],
  [
    'signals as in YAML',
    codeText({ data: "name: 'x', signals: {}" }),
    /:5 signals: is no key of a strategy in TypeScript/,
  ],
  ['a range', codeText({ data: "name: 'x', exits: { stopLoss: 2 }" }), /:5 exits.stopLoss: is out of range/],
  [
    'an unknown output',
    codeText({ outputs: "['enterLong', 'buy']" }),
    /:6 outputs\[1\]: is no output, expected a list of/,
  ],
  ['an output twice', codeText({ outputs: "['enterLong', 'enterLong']" }), /:6 outputs\[1\]: is listed twice/],
  ['no entry', codeText({ outputs: "['exitLong']" }), /:6 signals: holds no entry/],
  [
    'a day that is none',
    codeText({ more: "listings: { 'BTC/USDT:USDT': { from: 'May' } }," }),
    /:13 listings.*a day as 2021-06-30/,
  ],
  ['no next', codeText().replace('next(', 'nest('), /next: is missing, expected a function/],
];

describe('a file is refused with its line', () => {
  test.each(refusals)('for %s', async (_, text, line) => {
    const { strategy, errors } = await checkStrategyFile(writeCode(text));
    expect(strategy).toBeUndefined();
    expect(errors.map((problem) => problemLine('STR-901.ts', problem)).join('\n')).toMatch(line);
  });
});

describe('what a strategy means', () => {
  const hashOf = async (text: string) => strategyHash(await read(text));
  const shapeOf = async (text: string) => strategyShape(await read(text));
  const other = 'state.sum += bar.open; return { enterLong: state.sum > 7, exitLong: false };';

  test('is not its name, its comments, its types or its blank lines', async () => {
    const copy = codeText({
      head: '/** Something else. */\n\ntype Unused = number;',
      data: "name: 'A copy', lineage: { source: 'retry' }",
    })
      .replace('state.sum +=', '// why\n\n    state.sum +=')
      .replace('const level =', 'const level: number =')
      .replace('(state, bar,', '(state: { sum: number; count: number }, bar,');
    expect(await hashOf(copy)).toBe(await hashOf(codeText()));
  });

  test('is not what its variables are called, where that changes nothing', async () => {
    const body = (level: string, rise: string, low: string) =>
      `const ${level} = state.sum; const ${rise} = (${low}) => { const { ${low}: most = ${low}, count } = state; ` +
      `return most > ${level} + count; }; for (const ${low} of [bar.open]) state.sum += ${low}; ` +
      `return { enterLong: ${rise}(bar.open), exitLong: false };`;
    const [one, renamed] = await Promise.all(
      [body('level', 'rises', 'open'), body('bound', 'goesUp', 'first')].map((next) => codeText({ next })).map(read),
    );
    expect(strategyHash(renamed)).not.toBe(strategyHash(one)); // it reads another property of the state
    const same = (name: string) => codeText({ next: body('level', 'rises', 'open').replaceAll('rises', name) });
    const names = await Promise.all(['rises', 'goesUp', 'count1'].map((name) => hashOf(same(name))));
    expect(new Set(names).size).toBe(1);
    const swapped = codeText({
      next: 'const a = bar.open, b = state.sum; return { enterLong: a > b, exitLong: false };',
    });
    const mirrored = swapped.replace('a > b', 'b > a');
    expect(await hashOf(mirrored)).not.toBe(await hashOf(swapped));
    const short = codeText({ next: 'const enterLong = bar.open > 7; return { enterLong, exitLong: false };' });
    const long = codeText({ next: 'const rose = bar.open > 7; return { enterLong: rose, exitLong: false };' });
    expect(await hashOf(long)).toBe(await hashOf(short));
    expect(await shapeOf(long.replace('7', '8'))).toBe(await shapeOf(short));
  });

  test('is its code, its parameters and its costs', async () => {
    const hashes = await Promise.all([
      hashOf(codeText()),
      hashOf(codeText({ next: other })),
      hashOf(codeText({ data: "name: 'x', costs: { feeBps: 1 }" })),
      hashOf(codeText().replace('default: 0.01', 'default: 0.02')),
    ]);
    expect(new Set(hashes).size).toBe(4);
  });

  test('has the shape of a copy with other numbers, and of no other code', async () => {
    const shape = await shapeOf(codeText());
    expect(await shapeOf(codeText().replace('(1 + margin)', '(1.5 + margin)'))).toBe(shape);
    expect(await shapeOf(codeText({ next: other }))).not.toBe(shape);
  });
});
