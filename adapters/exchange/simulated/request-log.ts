/** One request or socket message that reached the simulator, for /truth: the judge of what was sent and answered. */
export type LoggedRequest = {
  readonly index: number;
  readonly wireMs: number;
  readonly venue: string;
  readonly method: string;
  readonly path: string;
  /** Query and body without signature. */
  readonly parameters: string;
  account: string | undefined;
  status: number | undefined;
  /** The venue's code or words where it said no. */
  refusal: string | undefined;
  /** The fault that struck it. */
  fault: string | undefined;
  unknownRoute: boolean;
};

const limit = 200_000;

export type RequestLog = Readonly<{
  add(entry: Pick<LoggedRequest, 'wireMs' | 'venue' | 'method' | 'path' | 'parameters'>): LoggedRequest;
  entries: readonly LoggedRequest[];
  /** How many of the oldest were dropped. */
  dropped(): number;
}>;

export function createRequestLog(): RequestLog {
  const entries: LoggedRequest[] = [];
  let next = 0;
  let dropped = 0;
  return {
    add: (entry) => {
      const logged: LoggedRequest = {
        ...entry,
        index: next,
        account: undefined,
        status: undefined,
        refusal: undefined,
        fault: undefined,
        unknownRoute: false,
      };
      next += 1;
      entries.push(logged);
      if (entries.length > limit) dropped += entries.splice(0, limit / 10).length;
      return logged;
    },
    entries,
    dropped: () => dropped,
  };
}
