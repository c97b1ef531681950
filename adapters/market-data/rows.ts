/**
 * Row of a bar in a file that has no lines (Parquet, feather, JSON): counted as if a header were line 1, so that a row
 * number means the same bar whatever a series is kept in.
 */
export const rowAfterHeader = (index: number): number => index + 2;
