import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leastSquares } from '../../../core/math/least-squares.ts';
import { projectOut } from '../../../core/math/project-out.ts';

const rows = 12;
const column = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: rows, maxLength: rows });
const columns = fc
  .array(column, { minLength: 1, maxLength: 4 })
  .map((drawn) => [new Float64Array(rows).fill(1), ...drawn.map((values) => Float64Array.from(values))]);

describe('projectOut', () => {
  test('on a constant: less the mean', () => {
    expect([...projectOut([Float64Array.of(1, 1, 1)], [Float64Array.of(1, 2, 6)])[0]]).toEqual([
      expect.closeTo(-2, 14),
      expect.closeTo(-1, 14),
      expect.closeTo(3, 14),
    ]);
    const response = Float64Array.of(1, 2, 6);
    expect(projectOut([], [response])).toEqual([response]);
  });

  test('gives the residuals of least squares', () => {
    fc.assert(
      fc.property(columns, column, (regressors, values) => {
        const response = Float64Array.from(values);
        const fit = leastSquares(regressors, response);
        fc.pre(fit !== undefined);
        const [residuals] = projectOut(regressors, [response]);
        residuals.forEach((value, t) => expect(value).toBeCloseTo(fit.residuals[t], 7));
      }),
    );
  });

  test('a column that the others explain changes nothing', () => {
    fc.assert(
      fc.property(columns, column, (regressors, values) => {
        const response = Float64Array.from(values);
        const repeated = [...regressors, regressors[0].map((value, t) => value + 3 * regressors[1][t])];
        const [without] = projectOut(regressors, [response]);
        projectOut(repeated, [response])[0].forEach((value, t) => expect(value).toBeCloseTo(without[t], 7));
      }),
    );
  });
});
