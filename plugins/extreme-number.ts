import { DeskError } from '../core/errors.ts';

type Found = Readonly<{ path: string; value: number; size: number }>;

/**
 * A refusal of an output that is not finite, moved to a field that was given: the number of the most extreme size
 * (farthest from 1 in orders of magnitude), the first of equals, or `input` where there is none but 0. Which number is
 * to blame nobody can know; the message keeps the output's path. Other errors stay as they are.
 */
export function atGivenNumber(thrown: unknown, given: Readonly<{ input: unknown; params: unknown }>): unknown {
  if (!(thrown instanceof DeskError) || thrown.code !== 'BadInput') return thrown;
  const { path: output = '', ...place } = thrown.place;
  if (!/^output\b/.test(output)) return thrown;
  const most = extreme('params', given.params, extreme('input', given.input, { path: 'input', value: 0, size: 0 }));
  const message = `${output}: ${thrown.message}; the most extreme one is here`;
  return new DeskError('BadInput', message, { ...place, path: most.path, found: String(most.value), cause: thrown });
}

/** The number in `value` that is more extreme than `most`, or `most`. */
function extreme(path: string, value: unknown, most: Found): Found {
  if (typeof value === 'number') {
    const size = value === 0 ? 0 : Math.abs(Math.log10(Math.abs(value)));
    return size > most.size ? { path, value, size } : most;
  }
  if (typeof value !== 'object' || value === null) return most;
  const name = (key: string) => (Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
  return Object.entries(value).reduce((sofar, [key, inner]) => extreme(name(key), inner, sofar), most);
}
