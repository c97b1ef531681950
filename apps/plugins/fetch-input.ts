import { type Fetch, openFetchHalves } from '../../adapters/sources/fetch-halves.ts';
import { sourceHalfOf } from '../../adapters/sources/source-halves.ts';
import type { PluginId } from '../../plugins/run-plugin.ts';
import { readJson } from '../cli/json-input.ts';
import { notice } from '../cli/output.ts';
import { stopSignal } from '../cli/stop-signal.ts';
import { writeOutput } from './write-output.ts';

/** `query`: a JSON file with what to ask for, the half's example by default. `payload`: where the answer is kept. */
type FetchOptions = Readonly<{ query?: string; payload?: string }>;

/** The input of a source plugin, from its provider. Ctrl-C ends the request. */
export async function fetchInput(
  id: PluginId,
  { query: file, payload: target }: FetchOptions,
  halves: Readonly<Record<string, Fetch>> = openFetchHalves(),
): Promise<unknown> {
  const { example } = sourceHalfOf(id);
  const query = file === undefined ? example : await readJson(file);
  notice(
    `${id}: asks for ${JSON.stringify(query)}${file === undefined ? '; --query file.json asks for something else' : ''}`,
  );
  const { signal, release } = stopSignal();
  try {
    const input = await halves[id](query, signal);
    if (target !== undefined) await writeOutput(target, JSON.stringify(input), `${id}: payload`);
    return input;
  } finally {
    release();
  }
}
