/**
 * Runs a stateful plugin over inputs one after the other as a workflow does: each call gets the state that the one
 * before returned, through JSON and back. Returns every output.
 */
export function carried<Input extends object, Output extends { state: unknown }>(
  run: (input: Input & { state?: never }) => Output,
  inputs: readonly Input[],
): Output[] {
  let state: unknown;
  return inputs.map((input) => {
    const output = run({ ...input, ...(state !== undefined && { state: state as never }) });
    state = JSON.parse(JSON.stringify(output.state));
    return output;
  });
}

/** Cuts values at the given places (any order, beyond the end too) into consecutive pieces, some maybe empty. */
export function cutAt<T>(values: readonly T[], places: readonly number[]): T[][] {
  const edges = [0, ...places.map((place) => Math.min(place, values.length)), values.length];
  edges.sort((a, b) => a - b);
  return edges.slice(1).map((end, i) => values.slice(edges[i], end));
}
