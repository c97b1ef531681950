import { DeskError } from '../../core/errors.ts';
import { codeOutputs, codePluginId, createCodePlugin } from '../../core/strategy/code-plugin.ts';
import type { Strategy, StrategyCode } from '../../core/strategy/strategy.ts';
import {
  type LoadPlugins,
  pluginsFor as cataloguePluginsFor,
  type StrategyPlugins,
} from '../../core/strategy/strategy-plugins.ts';
import { sha256 } from '../hashing.ts';
import { readText } from '../strategy-files/read-strategy.ts';
import type { CodeThread } from './code-thread.ts';
import type { CodeSource } from './serve.ts';

/** Everything that a strategy is compiled with: the plugins that it names, and its own code where it has some. */
export async function pluginsFor(strategy: Strategy, load: LoadPlugins): Promise<StrategyPlugins> {
  const { code } = strategy;
  if (code === undefined) return cataloguePluginsFor(strategy, load);
  return withThread(strategy, load, await sharedThread(await readSource(strategy, code)));
}

/** The same with a thread that nobody else uses, and how to end it. */
export async function freshPlugins(
  strategy: Strategy,
  load: LoadPlugins,
): Promise<Readonly<{ plugins: StrategyPlugins; close: () => void }>> {
  const { code } = strategy;
  if (code === undefined) return { plugins: await cataloguePluginsFor(strategy, load), close() {} };
  const { createCodeThread } = await import('./code-thread.ts');
  const thread = createCodeThread(await readSource(strategy, code));
  return { plugins: await withThread(strategy, load, thread), close: thread.close };
}

async function withThread(strategy: Strategy, load: LoadPlugins, { ask }: CodeThread): Promise<StrategyPlugins> {
  const named = strategy.plugins.filter(({ plugin }) => plugin !== codePluginId);
  const catalogue = await cataloguePluginsFor({ ...strategy, plugins: named }, load);
  const parameterNames = strategy.parameters.map(({ name }) => name);
  const plugin = createCodePlugin({ outputs: codeOutputs(strategy), parameterNames }, ask);
  return { ...catalogue, series: new Map([...catalogue.series, [codePluginId, plugin]]) };
}

/** The code as it was checked; a file that has changed since is refused. */
async function readSource(strategy: Strategy, { file, sha256: hash }: StrategyCode): Promise<CodeSource> {
  const text = await readText(file);
  if (sha256(text) !== hash) throw new DeskError('BadInput', 'has changed since it was read', { file });
  const { parseCode } = await import('./parse-code.ts');
  const parsed = parseCode(text);
  if (!('javascript' in parsed)) throw new DeskError('BadInput', 'cannot be read', { file });
  return { file, javascript: parsed.javascript, outputs: codeOutputs(strategy) };
}

/** Threads that stay for the next run of the same strategy in this thread, the oldest first. */
const threads = new Map<string, CodeThread>();
const maxThreads = 2;

async function sharedThread(source: CodeSource): Promise<CodeThread> {
  const { createCodeThread } = await import('./code-thread.ts');
  const key = JSON.stringify(source);
  const known = threads.get(key);
  const thread = known ?? createCodeThread(source);
  threads.delete(key);
  threads.set(key, thread);
  for (const [oldest, { close }] of threads) {
    if (threads.size <= maxThreads) break;
    close(); // it starts again if somebody still asks it
    threads.delete(oldest);
  }
  return thread;
}
