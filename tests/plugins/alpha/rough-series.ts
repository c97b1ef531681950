/**
 * A series without pattern that an oracle in another language draws just so: x = (1103515245 x + 12345) mod 2^31, each
 * value (floor(x / 65536) mod 2001) / 100000 - 0.01, so within -0.01..0.01.
 */
export function roughSeries(seed: number, length: number): number[] {
  let x = seed;
  return Array.from({ length }, () => {
    x = (Math.imul(x, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (Math.floor(x / 65_536) % 2_001) / 100_000 - 0.01;
  });
}
