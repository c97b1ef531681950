import { randomUUID } from 'node:crypto';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { projectFolder } from '../../config/paths.ts';
import { DeskError } from '../../core/errors.ts';
import type { SignalName } from '../../core/strategy/strategy.ts';
import { checkStrategyText } from './check-strategy.ts';
import { checkStrategyFolder } from './read-strategy.ts';

/** What a new file says; signals that are left out are those of the example that the file begins with. */
export type StrategyDraft = Readonly<{
  id: string;
  name: string;
  hypothesis: string;
  universe: readonly string[];
  timeframe: string;
  signals: Readonly<Partial<Record<SignalName, string>>>;
}>;

/** The signals of a draft that names none: a trend by two means. */
export const exampleSignals = {
  enterLong: 'crossover(fastMean, slowMean)',
  exitLong: 'crossunder(fastMean, slowMean)',
} as const;

/** The first id that no file of the folder has: one above the highest. */
export async function nextStrategyId(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const files = await checkStrategyFolder(folder);
  const numbers = files.flatMap(({ strategyId }) => (strategyId === undefined ? [] : Number(strategyId.slice(4))));
  return `STR-${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}`;
}

/** Writes `<id>-<slug>.yaml` into the folder and returns its path. A bad draft or a file that is there is refused. */
export async function writeStrategy(folder: string, draft: StrategyDraft): Promise<string> {
  const file = join(folder, `${draft.id}-${slugOf(draft.name)}.yaml`);
  const text = strategyText(draft, schemaReference(folder));
  const [problem] = checkStrategyText(text).errors;
  if (problem !== undefined) {
    const { line: _, path, message, ...place } = problem;
    throw new DeskError('BadInput', message, { path, ...place });
  }
  const taken = (await checkStrategyFolder(folder)).find(({ strategyId }) => strategyId === draft.id);
  if (taken !== undefined) {
    throw new DeskError('BadInput', `${draft.id} is taken`, { file: taken.file, path: 'id', expected: 'a new id' });
  }
  const whole = join(folder, `.${randomUUID()}.tmp`);
  try {
    await writeFile(whole, text, { flag: 'wx', flush: true });
    await link(whole, file); // unlike a rename, it fails where there is a file
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new DeskError('BadInput', 'is there already; nothing was written', { file, cause });
    }
    throw new DeskError('StoreUnavailable', `cannot be written: ${String(cause)}`, { file, cause });
  } finally {
    await rm(whole, { force: true });
  }
  return file;
}

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60) || 'strategy';

const schemaReference = (folder: string): string =>
  relative(folder, join(projectFolder, 'config', 'schema', 'strategy.schema.json')).replaceAll('\\', '/');

/** A text as YAML holds it, whatever is in it. */
const quoted = (text: string): string => JSON.stringify(text);

function strategyText({ id, name, hypothesis, universe, timeframe, signals }: StrategyDraft, schema: string): string {
  const own = Object.keys(signals).length > 0;
  const used = own ? signals : exampleSignals;
  return `# yaml-language-server: $schema=${schema}
# Written by nightdesk strategies new. Check it with: nightdesk strategies check ${id}
# Then: nightdesk backtest ${id}, nightdesk sweep ${id}, nightdesk validate ${id}
id: ${id}
name: ${quoted(name)}
# Why this should earn money, in words that a test can prove wrong.
hypothesis: ${quoted(hypothesis)}
lineage: { source: manual }
# CCXT symbols: BTC/USDT is spot, BTC/USDT:USDT a perpetual. The first is the primary asset.
universe: [${universe.map(quoted).join(', ')}]
timeframe: ${timeframe} # 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d
${own ? ownNames : exampleNames}
# Decided at the close of a bar, executed at the open of the next one. Also: exitLong, enterShort, exitShort.
signals:
${Object.entries(used)
  .map(([signal, text]) => `  ${signal}: ${quoted(text)}`)
  .join('\n')}
${own ? '# forecast: roc(close, 24)' : 'forecast: fastMean / slowMean - 1'} # what the information coefficient is measured on
# Fractions of the entry price and bars; numbers or expressions over parameters.
exits: { stopLoss: 0.05 } # also: takeProfit: 0.1, trailingStop: 0.05, maxBars: 240
sizing: { method: fraction, fraction: 1 } # or { method: volTarget, annualVol: 0.4, lookback: 168, maxFraction: 1 }
costs: { feeBps: 10, slippageBps: 0 } # a side, in basis points
`;
}

const exampleNames = `# Numbers that a sweep may move, and what their values have to obey.
parameters:
  fast: { default: 10, min: 2, max: 50, step: 2, role: lookback }
  slow: { default: 50, min: 10, max: 200, step: 10, role: lookback }
constraints: [fast < slow]
# Named series; they may use each other in any order.
features:
  fastMean: sma(close, fast)
  slowMean: sma(close, slow)`;

const ownNames = `# Numbers that a sweep may move, and named series:
# parameters:
#   fast: { default: 10, min: 2, max: 50, step: 2, role: lookback }
# features:
#   fastMean: sma(close, fast)`;
