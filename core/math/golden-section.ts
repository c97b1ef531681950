const ratio = (Math.sqrt(5) - 1) / 2;

/** Where a function with one valley in low..high is smallest, to `width`. Kiefer (1953). */
export function goldenSection(f: (x: number) => number, [low, high]: readonly [number, number], width: number): number {
  let [from, to] = [low, high];
  let left = to - ratio * (to - from);
  let right = from + ratio * (to - from);
  let [atLeft, atRight] = [f(left), f(right)];
  while (to - from > width) {
    if (atLeft <= atRight) {
      [to, right, atRight] = [right, left, atLeft];
      left = to - ratio * (to - from);
      atLeft = f(left);
    } else {
      [from, left, atLeft] = [left, right, atRight];
      right = from + ratio * (to - from);
      atRight = f(right);
    }
  }
  return (from + to) / 2;
}
