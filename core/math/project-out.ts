/**
 * Residuals of each response after least squares on `columns`, all of the same length: the responses less their
 * projections on an orthonormal basis (Gram-Schmidt, twice over, which is enough: Giraud, Langou & Rozloznik 2005). A
 * column that the ones before it explain to 1e-12 adds nothing. By Frisch, Waugh and Lovell, a regression of such
 * residuals on each other gives the coefficients of the regression on everything.
 */
export function projectOut(columns: readonly Float64Array[], responses: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const column of columns) {
    const rest = withoutParts(column, basis);
    const norm = Math.sqrt(dot(rest, rest));
    if (norm > 1e-12 * Math.sqrt(dot(column, column))) basis.push(rest.map((value) => value / norm));
  }
  return responses.map((response) => withoutParts(response, basis));
}

function withoutParts(column: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const rest = column.slice();
  for (let pass = 0; pass < 2; pass++) {
    for (const unit of basis) {
      const part = dot(rest, unit);
      for (let t = 0; t < rest.length; t++) rest[t] -= part * unit[t];
    }
  }
  return rest;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += a[t] * b[t];
  return sum;
}
