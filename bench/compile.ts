import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkStrategyText } from '../adapters/strategy-files/check-strategy.ts';
import { strategiesFolder } from '../config/paths.ts';
import { compileStrategy } from '../core/strategy/compile.ts';
import { type BenchRow, measure } from './measure.ts';

const repeats = 20;

/** The strategies that ship, from text to a checked tree and from the tree to code: times are of one strategy. */
export async function benchCompile(): Promise<readonly BenchRow[]> {
  const folder = strategiesFolder();
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const strategies = texts.map((text) => {
    const { strategy, errors } = checkStrategyText(text);
    if (strategy === undefined) throw new Error(`a strategy that ships is not valid: ${JSON.stringify(errors)}`);
    return strategy;
  });
  const notes = [`mean of the ${texts.length} strategies that ship, each ${repeats} times`];
  const check = await measure(() => repeat(texts, checkStrategyText));
  const compile = await measure(() => repeat(strategies, compileStrategy));
  const each = (seconds: readonly number[]) => seconds.map((second) => second / texts.length / repeats);
  return [
    { what: 'check a strategy file (YAML to tree)', seconds: each(check.seconds), peakRssMb: check.peakRssMb, notes },
    { what: 'compile a strategy (tree to code)', seconds: each(compile.seconds), peakRssMb: compile.peakRssMb, notes },
  ];
}

function repeat<Input>(inputs: readonly Input[], work: (input: Input) => unknown): void {
  for (let run = 0; run < repeats; run += 1) for (const input of inputs) work(input);
}
