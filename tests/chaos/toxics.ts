/** Bytes from the client to the server are `up`, the others `down`. */
export type Direction = 'up' | 'down';

/**
 * What can be wrong with a link, as in toxiproxy, and more. Those without a direction strike whole connections;
 * those with `times` strike so many messages and are gone (once where it is left out).
 */
export type Toxic =
  /** Every piece comes later; `jitterMs` more at most, from the proxy's seed. */
  | Readonly<{ kind: 'latency'; ms: number; jitterMs?: number; direction?: Direction }>
  | Readonly<{ kind: 'bandwidth'; bytesPerSecond: number; direction?: Direction }>
  /** Pieces of so many bytes, with a pause between them. */
  | Readonly<{ kind: 'slicer'; bytes: number; pauseMs: number; direction?: Direction }>
  /** One end has closed; the other hears of it later. */
  | Readonly<{ kind: 'slowClose'; ms: number }>
  /** Nothing passes, and after so long the connection closes. */
  | Readonly<{ kind: 'timeout'; ms: number }>
  /** RST to both ends after so long. */
  | Readonly<{ kind: 'resetPeer'; ms: number }>
  /** Closes when so many bytes have passed. */
  | Readonly<{ kind: 'limitData'; bytes: number; direction?: Direction }>
  /** What the client sends next never arrives; it sees a reset. */
  | Readonly<{ kind: 'dropRequest'; times?: number }>
  /** What the client sends next arrives; the answer does not: it sees a reset, or (`hang`) nothing at all. */
  | Readonly<{ kind: 'dropResponse'; times?: number; hang?: boolean }>
  /** Nothing passes for so long, then everything does, in order. */
  | Readonly<{ kind: 'hold'; ms: number }>
  /** Both sockets stay open and nothing passes any more, closes neither: for good on the connections that it met. */
  | Readonly<{ kind: 'halfOpen' }>;

export type ToxicKind = Toxic['kind'];

export type ToxicOf<Kind extends ToxicKind> = Extract<Toxic, { kind: Kind }>;

/** Toxics of one link, by id. */
export type Toxics = Readonly<{
  add(toxic: Toxic): number;
  remove(id: number): void;
  clear(): void;
  /** The newest of a kind that strikes this direction. */
  find<Kind extends ToxicKind>(kind: Kind, direction?: Direction): ToxicOf<Kind> | undefined;
  /** Like `find`, and uses up one of its times. */
  take<Kind extends 'dropRequest' | 'dropResponse'>(kind: Kind): ToxicOf<Kind> | undefined;
}>;

export function createToxics(): Toxics {
  const active = new Map<number, { toxic: Toxic; left: number }>();
  let next = 1;
  const newest = (kind: ToxicKind, direction?: Direction) =>
    [...active].findLast(([, { toxic }]) => {
      const own = 'direction' in toxic ? toxic.direction : undefined;
      return toxic.kind === kind && (own === undefined || direction === undefined || own === direction);
    });
  return {
    add: (toxic) => {
      const id = next;
      next += 1;
      active.set(id, { toxic, left: 'times' in toxic ? (toxic.times ?? 1) : 1 });
      return id;
    },
    remove: (id) => void active.delete(id),
    clear: () => active.clear(),
    find: <Kind extends ToxicKind>(kind: Kind, direction?: Direction) =>
      newest(kind, direction)?.[1].toxic as ToxicOf<Kind> | undefined,
    take: <Kind extends 'dropRequest' | 'dropResponse'>(kind: Kind) => {
      const [id, entry] = newest(kind) ?? [];
      if (id === undefined || entry === undefined) return undefined;
      entry.left -= 1;
      if (entry.left <= 0) active.delete(id);
      return entry.toxic as ToxicOf<Kind>;
    },
  };
}
