import { DeskError } from '../../errors.ts';
import type { SavedState } from './series-function.ts';

/** Named arrays of numbers: all that a run keeps between bars, so that saving it is the same for every function. */
export type Memory<Name extends string> = Readonly<Record<Name, Float64Array>>;

/**
 * Zeroed arrays of the given lengths, or those that `saveMemory` wrote.
 * @throws DeskError BadInput when `saved` is not the state of such a run.
 */
export function remember<Name extends string>(lengths: Readonly<Record<Name, number>>, saved?: SavedState) {
  const memory: Partial<Record<Name, Float64Array>> = {};
  for (const name of Object.keys(lengths) as Name[]) {
    memory[name] =
      saved === undefined ? new Float64Array(lengths[name]) : restore(savedPart(saved, name), lengths[name]);
  }
  return memory as Memory<Name>;
}

/** The arrays as JSON: shortest decimal texts keep every finite bit, names keep -0, NaN and the infinities. */
export function saveMemory(memory: Memory<string>): SavedState {
  const saved: Record<string, SavedState> = {};
  for (const [name, numbers] of Object.entries(memory)) saved[name] = Array.from(numbers, encodeNumber);
  return saved;
}

/** The state of one part of a run that is made of several. */
export function savedPart(saved: SavedState | undefined, name: string): SavedState | undefined {
  if (saved === undefined) return undefined;
  const isRecord = typeof saved === 'object' && saved !== null && !Array.isArray(saved);
  const part = isRecord ? (saved as Readonly<Record<string, SavedState>>)[name] : undefined;
  if (part === undefined) throw notAState(`a record with ${name}`, saved);
  return part;
}

function restore(saved: SavedState | undefined, length: number): Float64Array {
  if (!Array.isArray(saved) || saved.length !== length) throw notAState(`${length} numbers`, saved);
  return Float64Array.from(saved as readonly SavedState[], decodeNumber);
}

function encodeNumber(value: number): SavedState {
  return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value);
}

function decodeNumber(saved: SavedState): number {
  if (typeof saved === 'number') return saved;
  if (saved === 'NaN' || saved === 'Infinity' || saved === '-Infinity' || saved === '-0') return Number(saved);
  throw notAState('a number', saved);
}

function notAState(expected: string, found: SavedState | undefined): DeskError {
  const text = JSON.stringify(found) ?? 'nothing';
  return new DeskError('BadInput', 'the saved state belongs to another function or window', {
    expected,
    found: text.length > 60 ? `${text.slice(0, 60)}…` : text,
  });
}
