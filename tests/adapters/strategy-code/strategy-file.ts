import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freshPlugins } from '../../../adapters/strategy-code/load-code.ts';
import { readStrategy } from '../../../adapters/strategy-files/read-strategy.ts';
import { type CompiledStrategy, compileStrategy } from '../../../core/strategy/compile.ts';
import { loadNoPlugins } from '../../../core/strategy/strategy-plugins.ts';

type Parts = Readonly<{ head?: string; data?: string; outputs?: string; start?: string; next?: string; more?: string }>;

/** A strategy of TypeScript: what is not given is that of a mean of closes. Line 5 is that of `data`, 8 that of `next`. */
export const codeText = ({
  head = '',
  data = "name: 'Above its mean', hypothesis: 'It is wrong if means do not lag.'",
  outputs = "['enterLong', 'exitLong', 'forecast']",
  start = '({ sum: 0, count: 0 })',
  next = `state.sum += bar.close;
    state.count += 1;
    const level = state.sum / state.count;
    return { enterLong: bar.close > level * (1 + margin), exitLong: bar.close < level, forecast: bar.close / level - 1 };`,
  more = '',
}: Parts = {}): string => `import { defineStrategy } from 'nightdesk/strategy';
${head}
export default defineStrategy({
  id: 'STR-901', universe: ['BTC/USDT:USDT'], timeframe: '1h',
  ${data}, parameters: { margin: { default: 0.01, min: 0, max: 0.1 } },
  outputs: ${outputs}, start: () => ${start},
  next(state, bar, { margin }) {
    ${next}
  },
  ${more}
});
`;

/** A file with this text, until the test is over. */
export function writeCode(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-code-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'STR-901-mean.ts');
  writeFileSync(file, text);
  return file;
}

/** The strategy of a file, compiled, in a thread that ends with the test. */
export async function compileCode(file: string): Promise<CompiledStrategy> {
  const strategy = await readStrategy(file);
  const { plugins, close } = await freshPlugins(strategy, loadNoPlugins);
  onTestFinished(close);
  return compileStrategy(strategy, plugins);
}
