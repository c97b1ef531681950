import { DeskError } from '../../../core/errors.ts';
import { type PluginId, plugins, runPlugin } from '../../../plugins/run-plugin.ts';
import { fuzzCase, type FuzzInput, type Mode } from './cases.ts';

export type Outcome = 'computed' | 'refused' | Readonly<{ failure: string }>;

/** Runs a case, and a stateful plugin once more from the state it gave: an output, or a refusal that names its field. */
export function checkCase(id: PluginId, mode: Mode, number: number): Outcome {
  const { draws, ...given } = fuzzCase(id, mode, number);
  const first = outcomeOf(id, given);
  if (!('state' in first)) return first.outcome;
  if (plugins[id].kind !== 'stateful' || draws.chance(0.5)) return first.outcome;
  const again = outcomeOf(id, { ...given, input: { ...(given.input as object), state: first.state } });
  return typeof again.outcome === 'object' ? again.outcome : first.outcome;
}

function outcomeOf(id: PluginId, { input, params }: FuzzInput): Readonly<{ outcome: Outcome; state?: unknown }> {
  try {
    const output: unknown = runPlugin(id, input as never, { params: params as never, strict: true });
    const bad = notFinite('output', output);
    if (bad !== undefined) return { outcome: { failure: `not finite: ${bad}` } };
    const state = (output as { state?: unknown }).state;
    return { outcome: 'computed', ...(state !== undefined && { state }) };
  } catch (thrown) {
    return { outcome: namesField(id, thrown) ? 'refused' : { failure: describe(thrown) } };
  }
}

const namesField = (id: string, thrown: unknown): boolean =>
  thrown instanceof DeskError &&
  thrown.code === 'BadInput' &&
  thrown.message.startsWith(`${id}: `) &&
  /^(input|params)\b/.test(thrown.place?.path ?? '');

function describe(thrown: unknown): string {
  if (thrown instanceof DeskError) return `${thrown.code} at ${thrown.place?.path ?? 'no field'}: ${thrown.message}`;
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}

/** The path of the first number that is none, or of what JSON does not keep. */
function notFinite(path: string, value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path;
  if (typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value !== 'object' || value === null) return path;
  for (const [key, inner] of Object.entries(value)) {
    const bad = notFinite(`${path}.${key}`, inner);
    if (bad !== undefined) return bad;
  }
  return undefined;
}

/** A case as text that shows what JSON has no word for. */
export function shown({ input, params }: FuzzInput): string {
  return JSON.stringify({ input, params }, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
}
