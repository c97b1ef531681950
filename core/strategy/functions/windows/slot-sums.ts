import type { SlotLinks } from './sorted-slots.ts';

/** What the links of a sorted list pass over, summed: each link has the sum of the values up to where it leads. */
export type SlotSums = Readonly<{
  links: SlotLinks;
  /** The values of the slots. */
  ring: Float64Array;
  /** The values less a reference, which is what is summed. */
  relative: Float64Array;
  sums: Float64Array;
}>;

export const slotSums = (links: SlotLinks, ring: Float64Array): SlotSums => ({
  links,
  ring,
  // Nodes beside the slots are the head and the end; no bound passes the end.
  relative: new Float64Array(ring.length + 2).fill(Infinity, links.end),
  sums: new Float64Array(links.next.length),
});

/** After a change of the reference: every link, level by level. */
export function sumAll(slots: SlotSums, reference: number): void {
  const { links, ring, relative } = slots;
  for (let slot = 0; slot < ring.length; slot += 1) relative[slot] = ring[slot] - reference;
  for (let level = 0; level < links.levels; level += 1) {
    for (let node = links.head; node !== links.end; node = links.next[node * links.levels + level]) {
      sumLink(slots, node, level);
    }
  }
}

/** After a slot was taken out: the links that passed over it. */
export function sumPath(slots: SlotSums): void {
  for (let level = 0; level < slots.links.levels; level += 1) sumLink(slots, slots.links.path[level], level);
}

/** After a slot was put in: its own links and those that lead to it or past it. */
export function sumInserted(slots: SlotSums, slot: number): void {
  const { levels, heights, path } = slots.links;
  for (let level = 0; level < levels; level += 1) {
    if (level < heights[slot]) sumLink(slots, slot, level);
    sumLink(slots, path[level], level);
  }
}

/** A link's sum is added up anew from the level below: one in four nodes reaches the next level, so that is a few additions. */
function sumLink({ links, relative, sums }: SlotSums, node: number, level: number): void {
  const { levels, end, next } = links;
  const target = next[node * levels + level];
  let sum = 0;
  if (level > 0) {
    for (let at = node; at !== target; at = next[at * levels + level - 1]) sum += sums[at * levels + level - 1];
  } else if (target !== end) sum = relative[target];
  sums[node * levels + level] = sum;
}

/** The sum of all (relative) values. */
export function total({ links, sums }: SlotSums): number {
  const { levels, head, end, next } = links;
  let sum = 0;
  for (let at = head; at !== end; at = next[at * levels + levels - 1]) sum += sums[at * levels + levels - 1];
  return sum;
}

/** By how much, in sum, the (relative) values that are at most `bound` lie below it. */
export function surplusBelow({ links, relative, sums }: SlotSums, bound: number): number {
  const { levels, head, next, spans } = links;
  let node = head;
  let count = 0;
  let below = 0;
  for (let level = levels - 1; level >= 0; level -= 1) {
    let link = node * levels + level;
    while (relative[next[link]] <= bound) {
      count += spans[link];
      below += sums[link];
      node = next[link];
      link = node * levels + level;
    }
  }
  return count * bound - below;
}
