/** What a threshold asks, read from the text that is printed beside a verdict. */
export type Limit = Readonly<{
  /** Where failing begins. */
  bound: number;
  /** What is wanted, where that is more than just passing. */
  wanted: number;
  better: 'more' | 'less';
  /** The bound itself does not pass. */
  strict: boolean;
}>;

/** Reads `> 10`, `p < 0.5`, `>= 3 of 5`, `pass >= 1, marginal >= 0.5`; undefined for a threshold that has no number. */
export function limitOf(threshold: string): Limit | undefined {
  const found = [...threshold.matchAll(/([<>])(=?)\s*(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)/g)];
  const wanted = found[0];
  const bound = found[found.length - 1];
  if (wanted === undefined || bound === undefined) return undefined;
  return {
    bound: Number(bound[3]),
    wanted: Number(wanted[3]),
    better: bound[1] === '>' ? 'more' : 'less',
    strict: bound[2] === '',
  };
}

/** The least whole number that passes. */
export const leastWhole = ({ bound, strict }: Limit): number => (strict ? Math.floor(bound) + 1 : Math.ceil(bound));
