const words: Readonly<Record<string, readonly string[]>> = {
  '2': ['strong buy', 'conviction buy', 'top pick', 'conviction list'],
  '1': [
    'buy',
    'outperform',
    'overweight',
    'accumulate',
    'add',
    'positive',
    'sector outperform',
    'market outperform',
    'moderate buy',
    'speculative buy',
    'long-term buy',
  ],
  '0': [
    'hold',
    'neutral',
    'equal-weight',
    'equal weight',
    'market perform',
    'sector perform',
    'peer perform',
    'perform',
    'in-line',
    'in line',
    'sector weight',
    'mixed',
    'fair value',
  ],
  '-1': [
    'underperform',
    'underweight',
    'reduce',
    'negative',
    'sector underperform',
    'market underperform',
    'sell',
    'moderate sell',
  ],
  '-2': ['strong sell', 'conviction sell'],
};

const grades: ReadonlyMap<string, number> = new Map(
  Object.entries(words).flatMap(([grade, names]) => names.map((name) => [name, Number(grade)] as const)),
);

/** A firm's word for its opinion on one scale, -2 (strong sell) to +2 (strong buy); undefined where it is not known. */
export const gradeOf = (word: string | undefined): number | undefined =>
  word === undefined ? undefined : grades.get(word.trim().toLowerCase());
