import { expect, test } from 'vitest';
import { clip } from '../../../core/math/clip.ts';

test.each([
  [0.5, 0.5],
  [-3, -1],
  [7, 1],
  [-Infinity, -1],
])('%d held to -1..1 is %d', (value, held) => {
  expect(clip(value, -1, 1)).toBe(held);
});
