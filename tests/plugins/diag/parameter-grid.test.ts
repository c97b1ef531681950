import { describe, expect, test } from 'vitest';
import { gridOf, surroundings } from '../../../plugins/diag/parameter-grid.ts';

/** A peak in the middle of a square, and ties on the slopes; the side is odd. */
function squareOf(side: number) {
  const middle = (side - 1) / 2;
  const trials = Array.from({ length: side * side }, (_, i) => {
    const values = [Math.floor(i / side), i % side];
    return { values, metric: -Math.max(Math.abs(values[0] - middle), Math.abs(values[1] - middle)) };
  });
  const grid = gridOf(['fast', 'slow'], trials, ({ metric }) => metric);
  return { grid, cell: middle * side + middle, middle };
}

describe('what surrounds a cell', () => {
  test('is all within the radius but itself, though others are equal', () => {
    const { grid, cell } = squareOf(9);
    // Rings of 8, 16 and 24 cells at -1, -2 and -3.
    expect(surroundings(grid, cell, 3)).toMatchObject({ count: 48, range: [-3, -1], mean: -112 / 48, median: -2.5 });
    // Beside the peak: of the 8 around it one is the peak, three are at -1 and one with it in its ring.
    expect(surroundings(grid, cell + 1, 1)).toMatchObject({ count: 8, range: [-2, -0] });
  });

  // Each value looked for among all of them would take minutes.
  test('is found in a neighbourhood of 251,001 cells', { timeout: 60_000 }, () => {
    const { grid, cell, middle } = squareOf(501);
    const found = surroundings(grid, cell, middle);
    expect(found).toMatchObject({ count: 501 ** 2 - 1, range: [-middle, -1] });
    const rings = Array.from({ length: middle }, (_, k) => 8 * (k + 1) ** 2).reduce((sum, each) => sum + each, 0);
    expect(found.mean).toBeCloseTo(-rings / found.count, 9);
  });
});
