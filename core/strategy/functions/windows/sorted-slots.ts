/**
 * The values of a window in order: an indexable skip list (Pugh 1990) over slots 0..capacity-1 of a ring.
 * Insert, remove, rank and select are O(log capacity) expected. The height of a slot follows from its number alone and
 * equal values lie in order of arrival, so the whole structure is a function of which values lie in which slots, oldest
 * first: built anew from a saved window, it is the same to the last link.
 */
export type SortedSlots = Readonly<{
  /** Puts a value into an empty slot; returns how many of the values are at most this one, itself included. */
  insert(slot: number, value: number): number;
  /** Takes the oldest of the values out; `slot` is where it lies. */
  removeOldest(slot: number): void;
  /** The slot of the k-th smallest value, k from 0. */
  select(k: number): number;
  /** The value in a slot. */
  valueAt(slot: number): number;
  /** The slot with the next larger (or equal, younger) value. */
  nextSlot(slot: number): number;
  clear(): void;
  links: SlotLinks;
}>;

/** The inside of the list, for sums along it (rolling-mean-deviation.ts). The link of a node on a level is at node * levels + level. */
export type SlotLinks = Readonly<{
  levels: number;
  /** The node before the smallest and the one after the largest value. */
  head: number;
  end: number;
  /** Where a link leads, and how many values it passes over, the one it leads to included. */
  next: Int32Array;
  spans: Int32Array;
  /** On how many levels a slot has links. */
  heights: Uint8Array;
  /** The last node before the slot that was inserted or removed last, on every level. */
  path: Int32Array;
}>;

/** One slot in four reaches each further level. */
const BITS_A_LEVEL = 2;

export function sortedSlots(capacity: number): SortedSlots {
  const levels = 1 + Math.ceil(Math.log2(capacity + 1) / BITS_A_LEVEL);
  const nodes = capacity + 2;
  const list: SlotList = {
    levels,
    head: capacity,
    end: capacity + 1,
    next: new Int32Array(nodes * levels),
    spans: new Int32Array(nodes * levels),
    heights: heightsOf(capacity, levels),
    path: new Int32Array(levels),
    ranks: new Int32Array(levels),
    values: new Float64Array(nodes),
  };
  // No finite value passes the end of the list; its links span one more than what is left, so no count does either.
  list.values[list.end] = Infinity;
  clear(list);
  return {
    insert: (slot, value) => insert(list, slot, value),
    removeOldest: (slot) => removeOldest(list, slot),
    select: (k) => select(list, k),
    valueAt: (slot) => list.values[slot],
    nextSlot: (slot) => list.next[slot * levels],
    clear: () => clear(list),
    links: list,
  };
}

type SlotList = SlotLinks & Readonly<{ values: Float64Array; ranks: Int32Array }>;

/** Fibonacci hashing spreads the heights evenly over the ring, whatever the order of the values. */
function heightsOf(capacity: number, levels: number): Uint8Array {
  return Uint8Array.from({ length: capacity }, (_, slot) => {
    const hash = Math.imul(slot + 1, 0x9e3779b1) >>> 0;
    return Math.min(levels, 1 + Math.floor(Math.clz32(hash) / BITS_A_LEVEL));
  });
}

function clear({ levels, head, end, next, spans }: SlotList): void {
  next.fill(end, head * levels, (head + 1) * levels);
  spans.fill(1, head * levels, (head + 1) * levels);
}

function insert({ levels, head, next, spans, heights, path, ranks, values }: SlotList, slot: number, value: number) {
  let node = head;
  let rank = 0;
  for (let level = levels - 1; level >= 0; level -= 1) {
    let link = node * levels + level;
    let following = next[link];
    while (values[following] <= value) {
      rank += spans[link];
      node = following;
      link = node * levels + level;
      following = next[link];
    }
    path[level] = node;
    ranks[level] = rank;
  }
  values[slot] = value;
  const height = heights[slot];
  for (let level = 0; level < levels; level += 1) {
    const link = path[level] * levels + level;
    if (level >= height) {
      spans[link] += 1;
      continue;
    }
    const own = slot * levels + level;
    const before = rank - ranks[level];
    next[own] = next[link];
    next[link] = slot;
    spans[own] = spans[link] - before;
    spans[link] = before + 1;
  }
  return rank + 1;
}

function removeOldest({ levels, head, next, spans, path, values }: SlotList, slot: number): void {
  const value = values[slot];
  let node = head;
  for (let level = levels - 1; level >= 0; level -= 1) {
    let following = next[node * levels + level];
    while (values[following] < value) {
      node = following;
      following = next[node * levels + level];
    }
    path[level] = node;
    const link = node * levels + level;
    if (following === slot) {
      // The oldest of equal values is the first of them on every level it reaches.
      next[link] = next[slot * levels + level];
      spans[link] += spans[slot * levels + level] - 1;
    } else spans[link] -= 1;
  }
}

function select({ levels, head, next, spans }: SlotList, k: number): number {
  let node = head;
  let left = k + 1;
  for (let level = levels - 1; level >= 0; level -= 1) {
    let link = node * levels + level;
    while (spans[link] <= left) {
      left -= spans[link];
      node = next[link];
      link = node * levels + level;
    }
  }
  return node;
}
