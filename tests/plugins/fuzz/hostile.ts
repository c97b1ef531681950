import type { Draws } from './draws.ts';

/** What no field expects: beyond JSON too, as code calls plugins with values that never were text. */
const values: readonly (() => unknown)[] = [
  NaN,
  Infinity,
  -Infinity,
  null,
  0,
  -0,
  -1,
  1e308,
  -1e308,
  5e-324,
  1e-300,
  2 ** 53,
  2 ** 53 + 2,
  0.1 + 0.2,
  true,
  '',
  '1',
  'NaN',
  '__proto__',
  'constructor',
  '\u0000\uffff',
  'x'.repeat(5000),
].map((value) => () => value);
const structures: readonly (() => unknown)[] = [() => [], () => [[]], () => [null], () => ({}), () => ({ length: 3 })];

type Json = Record<string, unknown>;
type Place = Readonly<{ holder: Json | unknown[]; key: string | number }>;

/** Changes one to three places of a value in place. */
export function spoil(root: Json, draws: Draws): void {
  for (let left = 1 + draws.below(3); left > 0; left--) spoilOnce(placeIn(root, draws), draws);
}

/** Walks down from the root, and stops at any depth. */
function placeIn(root: Json, draws: Draws): Place {
  let holder: Json | unknown[] = root;
  for (;;) {
    const keys: readonly (string | number)[] = Array.isArray(holder) ? [...holder.keys()] : Object.keys(holder);
    if (keys.length === 0) return { holder, key: Array.isArray(holder) ? 0 : 'surplus' };
    const key = draws.pick(keys);
    const inner: unknown = (holder as Json)[key];
    if (typeof inner !== 'object' || inner === null || draws.chance(0.2)) return { holder, key };
    holder = inner as Json | unknown[];
  }
}

function spoilOnce({ holder, key }: Place, draws: Draws): void {
  const fields = holder as Json;
  const inner = fields[key];
  const change = draws.below(10);
  if (Array.isArray(inner) && change < 5) return reorder(inner, draws);
  if (change === 5) delete fields[key];
  else if (change === 6 && !Array.isArray(holder)) fields[draws.pick(['surplus', 'state', '__proto__x'])] = 1;
  else if (change === 7 && typeof inner === 'number') fields[key] = inner * draws.pick([-1, 1e-9, 1e9, 1e200, 0]);
  else fields[key] = draws.pick(draws.chance(0.8) ? values : structures)();
}

/** Lists of another order, length or content: what schemas cannot see. */
function reorder(list: unknown[], draws: Draws): void {
  const at = draws.below(list.length + 1);
  switch (draws.below(6)) {
    case 0:
      list.reverse();
      break;
    case 1:
      list.length = at;
      break;
    case 2:
      list.splice(at, 0, structuredClone(list[draws.below(list.length)]));
      break;
    case 3:
      list.fill(list[0]);
      break;
    case 4:
      list.splice(at, 1);
      break;
    default:
      list.push(draws.pick(values)());
  }
}
