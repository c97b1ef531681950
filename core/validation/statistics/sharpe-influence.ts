/**
 * How each observation moves mean / sd (sd with ddof 0): psi_t = d_t/s - (S/2)(d_t^2/s^2 - 1), whose mean is 0. The
 * long-run variance of psi over n is the variance of the Sharpe ratio. Lo (2002), Financial Analysts Journal 58(4);
 * Ledoit & Wolf (2008), Journal of Empirical Finance 15(5).
 *
 * @param values at least two that differ
 * @param into where psi is written, as long as `values`
 */
export function sharpeInfluence(
  values: Float64Array,
  into = new Float64Array(values.length),
): Readonly<{ sharpe: number; influence: Float64Array }> {
  const count = values.length;
  let total = 0;
  for (let i = 0; i < count; i++) total += values[i];
  const mean = total / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i] - mean) ** 2;
  const variance = squares / count;
  const deviation = Math.sqrt(variance);
  const sharpe = mean / deviation;
  for (let i = 0; i < count; i++) {
    const distance = values[i] - mean;
    into[i] = distance / deviation - (sharpe / 2) * ((distance * distance) / variance - 1);
  }
  return { sharpe, influence: into };
}
