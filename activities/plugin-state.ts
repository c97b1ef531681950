import { DeskError } from '../core/errors.ts';
import type { Blobs } from '../core/ports/blobs.ts';

/** A state up to this size travels in the workflow's history; a larger one is kept outside, under its hash. */
const inlineStateBytes = 64 * 1024;

/** What stands for a large state in outputs and inputs. */
type StateReference = Readonly<{ blobSha256: string; bytes: number }>;

type Json = Readonly<Record<string, unknown>>;

/** The input with its state in place, where a reference stands for it. */
export async function withLoadedState(input: unknown, blobs: Blobs): Promise<unknown> {
  if (!isObject(input) || !isReference(input['state'])) return input;
  const { blobSha256 } = input['state'];
  return { ...input, state: JSON.parse(await blobs.get(blobSha256)) as unknown };
}

/** The output with a reference for its state, where that is large. */
export async function withStoredState(output: Json, blobs: Blobs): Promise<Json> {
  if (!('state' in output)) return output;
  const text = JSON.stringify(output['state']);
  const bytes = byteLength(text);
  if (bytes <= inlineStateBytes) return output;
  const reference: StateReference = { blobSha256: await blobs.put(text), bytes };
  return { ...output, state: reference };
}

/** Temporal refuses payloads of 2 MB; below that history still has to hold them. */
const maxResultBytes = 1_500_000;

/** Refuses a result that a workflow's history cannot hold, and says what can be done. */
export function refuseUnlessCarriable(id: string, result: unknown): void {
  const bytes = byteLength(JSON.stringify(result));
  if (bytes <= maxResultBytes) return;
  throw new DeskError('ResourceExhausted', `${id}: the result is too large for a workflow`, {
    expected: `at most ${maxResultBytes} bytes; a smaller input, or render: false`,
    found: `${bytes} bytes`,
  });
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isReference = (state: unknown): state is StateReference =>
  isObject(state) && Object.keys(state).length === 2 && typeof state['blobSha256'] === 'string' && 'bytes' in state;
