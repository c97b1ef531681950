import { DeskError } from '../../core/errors.ts';
import { effectOf, runEffect } from '../../plugins/run-effect.ts';
import { findPlugin, type PluginId, runPlugin } from '../../plugins/run-plugin.ts';
import { runPluginWithSvg } from '../../plugins/run-with-svg.ts';
import { readJson } from '../cli/json-input.ts';
import { notice, print, printJson } from '../cli/output.ts';
import type { RunOptions } from '../cli/plugins.ts';
import { renderTable } from '../cli/table.ts';
import { inputFromBars } from './bars-input.ts';
import { writeOutput } from './write-output.ts';

type Inputs = Readonly<{ input: unknown; params: unknown }>;

/** Runs a plugin on what the options name, prints the output, and writes its picture where one is asked for. */
export async function runPluginCommand(name: string, options: RunOptions): Promise<void> {
  const { id } = findPlugin(name);
  const output = await outputOf(id, await readInputs(id, options), options);
  if (options.svg !== undefined) await writePicture(options.svg, id, output);
  if (options.json) printJson(output);
  else print(renderTable([{ title: id }, { title: 'value' }], outputRows(output)));
}

async function outputOf(id: PluginId, { input, params }: Inputs, options: RunOptions): Promise<object> {
  const effect = effectOf(findPlugin(id).plugin);
  if (effect !== undefined) return runWithPorts(effect, { input, params });
  const settings = { params: params as never, strict: options.strict === true };
  // A table shows no picture, so none is drawn for it.
  const run = options.json || options.svg !== undefined ? runPluginWithSvg : runPlugin;
  return run(id, input as never, settings);
}

/** Lets a plugin act on this machine: what it acts through ends with the command. */
async function runWithPorts(effect: NonNullable<ReturnType<typeof effectOf>>, inputs: Inputs): Promise<object> {
  const { duckDbFeatureStores } = await import('../../adapters/feature-store/duckdb-feature-stores.ts');
  try {
    return await runEffect(effect, { ...inputs, ports: { featureStores: duckDbFeatureStores } });
  } finally {
    await duckDbFeatureStores.close();
  }
}

async function writePicture(file: string, id: PluginId, output: object): Promise<void> {
  if (!('svg' in output) || typeof output.svg !== 'string') {
    const message = `${id} has no picture: it draws none, or params.render is false`;
    throw new DeskError('Usage', message, { path: '--svg', found: file });
  }
  await writeOutput(file, output.svg, `${id}: picture`);
}

async function readInputs(id: PluginId, options: RunOptions): Promise<Inputs> {
  refuseTwoInputs(options);
  const params = options.params === undefined ? undefined : await readJson(options.params);
  if (options.fetch) {
    const { fetchInput } = await import('./fetch-input.ts');
    return { input: await fetchInput(id, options), params: params ?? {} };
  }
  if (options.data !== undefined) {
    const { columns, ...inputs } = await inputFromBars(id, options.data, params ?? {});
    notice(`${id}: ${columns}`);
    return inputs;
  }
  if (options.fills !== undefined) {
    const { inputFromFills } = await import('./fills-input.ts');
    const { input, columns } = inputFromFills(id, options.fills);
    notice(`${id}: ${columns}`);
    return { input, params: params ?? {} };
  }
  if (options.input === undefined) {
    throw new DeskError('Usage', `${id} needs its input`, {
      expected: '--input file.json, --data SYMBOL=file, --fills file, or --fetch',
      found: 'neither',
    });
  }
  const document = await readJson(options.input);
  if (isExample(document)) return { input: document.input, params: params ?? document.params ?? {} };
  return { input: document, params: params ?? {} };
}

function refuseTwoInputs({ input, data, fills, fetch, query, payload }: RunOptions): void {
  const inputs = { '--input': input, '--data': data, '--fills': fills, '--fetch': fetch };
  const given = Object.entries(inputs).filter(([, value]) => value);
  const names = given.map(([name]) => name).join(' and ');
  if (given.length > 1) throw new DeskError('Usage', 'one input only', { expected: 'one of them', found: names });
  if (!fetch && (query ?? payload) !== undefined) {
    const path = query === undefined ? '--payload' : '--query';
    throw new DeskError('Usage', 'only with --fetch', { path, expected: '--fetch', found: names || 'nothing' });
  }
}

/** The shape that `plugins example` writes. */
function isExample(document: unknown): document is { input: unknown; params?: unknown } {
  if (typeof document !== 'object' || document === null || !('input' in document)) return false;
  return Object.keys(document).every((key) => key === 'input' || key === 'params');
}

function outputRows(output: unknown): string[][] {
  return Object.entries(output as Record<string, unknown>).map(([name, value]) => [
    name,
    shorten(JSON.stringify(value)),
  ]);
}

const longestCell = 90;

const shorten = (text: string) =>
  text.length <= longestCell ? text : `${text.slice(0, longestCell - 24)}… (--json prints all)`;
