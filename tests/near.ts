/** Whether two numbers agree to a relative tolerance, with the same absolute one beside it for values near 0. */
export function near(actual: number | undefined, expected: number, tolerance = 1e-9): boolean {
  return Math.abs((actual ?? NaN) - expected) <= tolerance * Math.abs(expected) + tolerance;
}

/** What differs, as a list for `toEqual([])`: all differences of a case are seen at once. */
export function differences(
  what: string,
  actual: number | undefined,
  expected: number | undefined,
  tolerance = 1e-9,
): string[] {
  return near(actual, expected ?? NaN, tolerance) ? [] : [`${what}: ${actual} instead of ${expected}`];
}
