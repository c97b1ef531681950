import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkStrategyText } from '../../../adapters/strategy-files/check-strategy.ts';
import { parseSet } from '../../../adapters/strategy-files/parameter-arguments.ts';
import { parseExpression } from '../../../adapters/strategy-files/parse-expression.ts';
import { checkStrategyFolder } from '../../../adapters/strategy-files/read-strategy.ts';
import { problemLine } from '../../../adapters/strategy-files/yaml-document.ts';
import { DeskError, errorDocument } from '../../../core/errors.ts';
import evaluated from '../../fixtures/golden/eval.json' with { type: 'json' };
import golden from '../../fixtures/golden/refusals.json' with { type: 'json' };

type Refusal = Readonly<{
  name: string;
  kind: string;
  expect: string;
  mustName: readonly string[];
  text?: string;
  expression?: string;
  set?: Record<string, number>;
  files?: Record<string, string>;
  args?: { set: Record<string, number> };
}>;

const cases = (kind: string, expected: string) =>
  (golden.refusals as Refusal[]).filter((each) => each.kind === kind && each.expect === expected);

/** The JSON of what a run refuses as bad input. */
function refusedBy(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof DeskError && thrown.code === 'BadInput') return JSON.stringify(errorDocument(thrown));
    throw thrown;
  }
  return 'nothing was refused';
}

const unnamed = (text: string, mustName: readonly string[]) => mustName.filter((name) => !text.includes(name));

describe('strategy files of golden/refusals.json', () => {
  test.each(cases('strategy', 'refuse'))('refuses: $name', ({ text = '', mustName }) => {
    const { strategy, errors } = checkStrategyText(text);
    expect(strategy).toBeUndefined();
    expect(errors).toHaveLength(1);
    expect(unnamed(problemLine('strategy.yaml', errors[0]), mustName)).toEqual([]);
    expect(unnamed(JSON.stringify(errors[0]), mustName)).toEqual([]);
  });

  test.each(cases('strategy', 'accept'))('$name', ({ text = '' }) => {
    const { strategy, errors } = checkStrategyText(text);
    expect(errors).toEqual([]);
    expect(strategy).toBeDefined();
  });

  test.each(cases('folder', 'refuse'))('refuses: $name', async ({ files = {}, mustName }) => {
    const folder = await mkdtemp(join(tmpdir(), 'nightdesk-strategies-'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const checked = await checkStrategyFolder(folder);
    expect(checked.map(({ strategy }) => strategy)).toEqual([undefined, undefined]);
    for (const { file, errors } of checked) expect(unnamed(problemLine(file, errors[0]), mustName)).toEqual([]);
  });
});

describe('expressions of golden/refusals.json', () => {
  test.each(cases('expression', 'refuse'))('refuses: $name', ({ expression = '', mustName }) => {
    const text = refusedBy(() => parseExpression(expression, { parameters: {} }));
    expect(unnamed(text, ['position', ...mustName])).toEqual([]);
  });

  test.each(cases('expression', 'accept'))('$name', ({ expression = '', set = {} }) => {
    expect(parseExpression(expression, { parameters: set }).kind).toBeDefined();
  });
});

describe('golden runs are accepted', () => {
  test('the strategies of all 27', async () => {
    const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'golden');
    const runs = (await readdir(folder)).filter((name) => /^\d\d-/.test(name));
    expect(runs).toHaveLength(27);
    for (const run of runs) {
      const { strategy } = JSON.parse(await readFile(join(folder, run), 'utf8'));
      expect([run, checkStrategyText(strategy).errors]).toEqual([run, []]);
    }
  });

  test('all 169 expressions', () => {
    const expressions = evaluated.files.flatMap(({ expressions: each }) => each) as {
      expression: string;
      set?: Record<string, number>;
    }[];
    expect(expressions).toHaveLength(169);
    for (const { expression, set = {} } of expressions) {
      expect(parseExpression(expression, { parameters: set }).kind).toBeDefined();
    }
  });
});

test.each(cases('args', 'refuse'))('refuses: $name', ({ text = '', args, mustName }) => {
  const { strategy } = checkStrategyText(text);
  if (strategy === undefined) throw new Error('the file of the case is bad');
  const settings = Object.entries(args?.set ?? {}).map(([name, value]) => `${name}=${value}`);
  expect(
    unnamed(
      refusedBy(() => parseSet(strategy, settings)),
      mustName,
    ),
  ).toEqual([]);
});
