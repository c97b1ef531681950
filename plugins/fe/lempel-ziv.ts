/**
 * Number of components in the exhaustive history of Lempel & Ziv (1976): each is the shortest run that has not occurred
 * from an earlier start (it may overlap itself). Linear in the length, by a suffix automaton that knows where each
 * substring ends first. Symbols are 0..9.
 */
export function lempelZivComplexity(symbols: Uint8Array): number {
  const { next, firstEnd, alphabet } = suffixAutomaton(symbols);
  const { length } = symbols;
  let complexity = 0;
  for (let start = 0; start < length; complexity += 1) {
    let state = 0;
    let size = 1;
    while (start + size <= length) {
      state = next[state * alphabet + symbols[start + size - 1]];
      // The first occurrence ends at firstEnd: it starts before this one, or it is this one.
      if (firstEnd[state] - size + 1 >= start) break;
      size += 1;
    }
    start += size;
  }
  return complexity;
}

/** Blumer et al. (1985), Theoretical Computer Science 40: states of all substrings, at most 2 n of them. */
function suffixAutomaton(symbols: Uint8Array) {
  const alphabet = Math.max(
    1,
    symbols.reduce((most, symbol) => Math.max(most, symbol + 1), 0),
  );
  const most = 2 * symbols.length + 1;
  const next = new Int32Array(most * alphabet).fill(-1);
  const [link, longest, firstEnd] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)];
  link[0] = -1;
  let states = 1;
  let last = 0;
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i];
    const added = states++;
    longest[added] = longest[last] + 1;
    firstEnd[added] = i;
    let state = last;
    for (; state !== -1 && next[state * alphabet + symbol] === -1; state = link[state])
      next[state * alphabet + symbol] = added;
    last = added;
    if (state === -1) continue;
    const target = next[state * alphabet + symbol];
    if (longest[state] + 1 === longest[target]) {
      link[added] = target;
      continue;
    }
    const clone = states++;
    longest[clone] = longest[state] + 1;
    firstEnd[clone] = firstEnd[target];
    link[clone] = link[target];
    next.copyWithin(clone * alphabet, target * alphabet, (target + 1) * alphabet);
    for (; state !== -1 && next[state * alphabet + symbol] === target; state = link[state])
      next[state * alphabet + symbol] = clone;
    link[target] = clone;
    link[added] = clone;
  }
  return { next, firstEnd, alphabet };
}
