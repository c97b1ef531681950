import { type Node, operandsOf } from './graph.ts';

/**
 * Which nodes get memory of their own. A *leaf* is a series: a column of the bars, an output of a function that has
 * state, what such a function reads, and a large formula that is used more than once. A *constant* is a number of a
 * run. Everything else is written into the loop that uses it.
 */
export type Layout = Readonly<{
  /** In an order in which each comes after what it is made of; `leafOf` and `constantOf` give the place by node id. */
  leaves: readonly Node[];
  leafOf: ReadonlyMap<number, number>;
  constants: readonly Node[];
  constantOf: ReadonlyMap<number, number>;
}>;

/** A formula of fewer operators is rather computed again than kept. */
const keptWeight = 8;
/** No formula is written out with many more operators than this. */
const longestWeight = 200;

/** Lays out everything that the roots need; `seriesRoots` are wanted at every bar, `constantRoots` once a run. */
export function createLayout(seriesRoots: readonly Node[], constantRoots: readonly Node[]): Layout {
  const nodes = reachable([...seriesRoots, ...constantRoots]);
  const uses = countUses(nodes, seriesRoots);
  const leaves = new Set<Node>();
  const constants = new Set<Node>(constantRoots);
  for (const root of seriesRoots) if (root.constant) constants.add(root);

  const weights = new Map<Node, number>();
  /** Formulas that look one bar back: they cannot be written for the bar before. */
  const looksBack = new Set<Node>();
  for (const node of nodes) {
    const parts = operandsOf(node);
    if (!node.constant) for (const part of parts) if (part.constant) constants.add(part);
    if (node.kind === 'previous' && looksBack.has(node.operand)) leaves.add(node.operand);
    if (node.kind === 'output') {
      for (const input of node.call.series) leaves.add(input);
      for (const constant of [...node.call.constants, ...node.call.series]) {
        if (constant.constant) constants.add(constant);
      }
    }
    const weight = 1 + parts.reduce((total, part) => total + (weights.get(part) ?? 0), 0);
    const kept = (weight >= keptWeight && (uses.get(node) ?? 0) > 1) || weight >= longestWeight;
    if (kept) (node.constant ? constants : leaves).add(node);
    if (node.kind === 'column' || node.kind === 'output') leaves.add(node);
    weights.set(node, kept || parts.length === 0 ? 0 : weight);
    const back = node.kind === 'previous' || parts.some((part) => looksBack.has(part));
    if (back && !leaves.has(node)) looksBack.add(node);
  }
  const leafOrder = nodes.filter((node) => leaves.has(node));
  const constantOrder = nodes.filter((node) => constants.has(node));
  return {
    leaves: leafOrder,
    leafOf: numbering(leafOrder),
    constants: constantOrder,
    constantOf: numbering(constantOrder),
  };
}

/** All nodes below the roots, each after what it is made of (nodes are numbered in the order in which they were made). */
function reachable(roots: readonly Node[]): readonly Node[] {
  const found = new Set<Node>();
  const open = [...roots];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    open.push(...operandsOf(node));
    if (node.kind === 'output') open.push(...node.call.series, ...node.call.constants);
  }
  return [...found].toSorted((a, b) => a.id - b.id);
}

function countUses(nodes: readonly Node[], roots: readonly Node[]): ReadonlyMap<Node, number> {
  const uses = new Map<Node, number>();
  const count = (node: Node): unknown => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const root of roots) count(root);
  for (const node of nodes) for (const part of operandsOf(node)) count(part);
  return uses;
}

const numbering = (nodes: readonly Node[]): ReadonlyMap<number, number> =>
  new Map(nodes.map(({ id }, index) => [id, index]));
