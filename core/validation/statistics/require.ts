import { DeskError } from '../../errors.ts';

type SeriesRule = Readonly<{ atLeast: number; /** Refuse a series without spread. */ varying?: boolean }>;

/** Refuses a series that is too short, not finite or (where asked) constant, by its name. */
export function requireSeries(path: string, values: ArrayLike<number>, { atLeast, varying = false }: SeriesRule): void {
  if (values.length < atLeast) refuse(path, 'too short', `at least ${atLeast} values`, `${values.length}`);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]))
      refuse(`${path}[${i}]`, 'not a finite number', 'a finite number', String(values[i]));
  }
  if (varying && isConstant(values))
    refuse(path, 'constant', 'values that differ', `${values.length} times ${values[0]}`);
}

/** Refuses rows of different lengths, too few of them, or a value that is not finite. Rows are times, columns series. */
export function requireMatrix(
  path: string,
  rows: readonly (readonly number[])[],
  atLeast: Readonly<{ rows: number; columns: number }>,
): void {
  if (rows.length < atLeast.rows) refuse(path, 'too short', `at least ${atLeast.rows} rows`, `${rows.length}`);
  const width = rows[0]?.length ?? 0;
  if (width < atLeast.columns) refuse(path, 'too narrow', `at least ${atLeast.columns} columns`, `${width}`);
  rows.forEach((row, index) => {
    if (row.length !== width)
      refuse(`${path}[${index}]`, 'of another length than the first row', `${width} values`, `${row.length}`);
    requireSeries(`${path}[${index}]`, row, { atLeast: width });
  });
}

type NumberRule = Readonly<{
  min?: number;
  max?: number;
  /** Bounds are excluded. */ open?: boolean;
  integer?: boolean;
}>;

/** Refuses a number outside its range, or not whole where it has to be, by its name. */
export function requireNumber(path: string, value: number, rule: NumberRule): void {
  const { min = -Infinity, max = Infinity, open = false, integer = false } = rule;
  const inside = open ? value > min && value < max : value >= min && value <= max;
  if (inside && Number.isFinite(value) && (!integer || Number.isInteger(value))) return;
  const kind = integer ? 'an integer' : 'a number';
  const range = `${kind} ${open ? 'strictly between' : 'in'} ${min}${open ? ' and ' : '..'}${max}`;
  refuse(path, 'out of range', Number.isFinite(min) || Number.isFinite(max) ? range : `${kind}, finite`, String(value));
}

/** Throws the refusal that every statistic gives. */
export function refuse(path: string, message: string, expected: string, found: string): never {
  throw new DeskError('BadInput', message, { path, expected, found });
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}
