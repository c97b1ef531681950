import { VenueError } from '../../../core/ports/exchange.ts';
import type { Session, VenueCall } from '../ccxt/session.ts';
import type { MarketTable } from '../market-table.ts';
import type { VenueClock } from '../venue-clock.ts';

/** Longest that a signed request may be under way, in ms: ccxt's own 10 s would keep a stopped sender alive for twice as long. */
export const receiveWindowMs = 5_000;

/** Spot and USD-M say the same under other names. */
export type BinanceDialect = Readonly<{
  venue: string;
  publicApi: string;
  privateApi: string;
  /** `myTrades` or `userTrades`. */
  tradesPath: string;
  /** Longest span between startTime and endTime of its trades. */
  tradesSpanMs: number;
}>;

export type BinanceApi = Readonly<{
  dialect: BinanceDialect;
  session: Session;
  clock: VenueClock;
  markets: MarketTable;
  /** A signed request that may be repeated: once more with a new look at the venue's clock when the timestamp was off. */
  signed(call: Omit<VenueCall, 'api'> & Partial<Pick<VenueCall, 'api'>>): Promise<unknown>;
  open(call: Omit<VenueCall, 'api' | 'purpose'>): Promise<unknown>;
}>;

const timestampOff = '-1021';

export function createBinanceApi(parts: Omit<BinanceApi, 'signed' | 'open'>): BinanceApi {
  const { dialect, session, clock } = parts;
  const once = async (call: Omit<VenueCall, 'api'> & Partial<Pick<VenueCall, 'api'>>) =>
    session.request({
      api: dialect.privateApi,
      ...call,
      params: { ...call.params, timestamp: await clock.nowMs(), recvWindow: receiveWindowMs },
    });
  return {
    ...parts,
    signed: async (call) => {
      try {
        return await once(call);
      } catch (thrown) {
        if (!(thrown instanceof VenueError) || thrown.failure.code !== timestampOff) throw thrown;
        await clock.ask(call.signal);
        return once(call);
      }
    },
    open: (call) => session.request({ api: dialect.publicApi, purpose: 'read', ...call }),
  };
}
