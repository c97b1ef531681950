/**
 * Weights of `count` observations, oldest first, that halve every `halfLife` observations and sum to 1; equal ones
 * without a half-life.
 */
export function halfLifeWeights(count: number, halfLife?: number): Float64Array {
  if (halfLife === undefined) return new Float64Array(count).fill(1 / count);
  const weights = Float64Array.from({ length: count }, (_, index) => 2 ** ((index + 1 - count) / halfLife));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
