import { DeskError } from '../errors.ts';
import type { SavedState } from './functions/series-function.ts';

/** Deepest state, and most values in it: what a desk keeps of a strategy between two bars. */
const maxDepth = 32;
const maxValues = 1_000_000;

/** The key under which numbers stand that JSON has no sign for: NaN, the infinities, -0. */
const numberKey = '$number';

/** The state of a strategy in TypeScript as plain JSON. @throws DeskError BadInput at `state.…` for what is not plain. */
export function encodeState(state: unknown): SavedState {
  let values = 0;
  function encode(value: unknown, path: string, depth: number): SavedState {
    values += 1;
    if (values > maxValues) throw tooLarge(`more than ${maxValues.toLocaleString('en')} values`);
    if (depth > maxDepth) throw tooLarge(`${path} lies more than ${maxDepth} deep`);
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number') return encodeNumber(value);
    if (Array.isArray(value)) return value.map((item, index) => encode(item, `${path}[${index}]`, depth + 1));
    if (!isPlain(value)) throw notPlain(path, value);
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(entries.map(([key, inner]) => [key, encode(inner, `${path}.${key}`, depth + 1)]));
  }
  return encode(state, 'state', 0);
}

/** The state again: a copy of its own. */
export function decodeState(saved: SavedState): unknown {
  if (typeof saved !== 'object' || saved === null) return saved;
  if (Array.isArray(saved)) return saved.map(decodeState);
  const map = saved as Readonly<Record<string, SavedState>>;
  if (Object.hasOwn(map, numberKey)) return Number(map[numberKey]);
  return Object.fromEntries(Object.entries(map).map(([key, inner]) => [key, decodeState(inner)]));
}

const encodeNumber = (value: number): SavedState =>
  Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : { [numberKey]: Object.is(value, -0) ? '-0' : String(value) };

/** A map of any realm: the code runs in one of its own. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Object.hasOwn(value, numberKey)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function notPlain(path: string, value: unknown): DeskError {
  const kind = typeof value === 'object' ? (value?.constructor.name ?? 'something') : typeof value;
  const expected = 'numbers, texts, true and false, null, lists and maps';
  return new DeskError('BadInput', 'cannot be kept between bars', { path, expected, found: kind });
}

const tooLarge = (message: string): DeskError =>
  new DeskError('ResourceExhausted', `the state is too large: ${message}`, { path: 'state' });
