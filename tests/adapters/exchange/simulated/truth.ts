import type { OrderRequestTruth } from '../../../../adapters/exchange/simulated/order-requests.ts';
import type { SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { control } from './raw-client.ts';

/** What `/truth` says, as far as tests read it. */
export type Truth = Readonly<{
  unknownRoutes: readonly string[];
  faults: Readonly<{ strikes: readonly Readonly<{ kind: string; at: string }>[] }>;
  orderRequests: readonly OrderRequestTruth[];
  venues: Readonly<
    Record<
      string,
      Readonly<{
        brokenInvariants: readonly string[];
        accounts: Readonly<
          Record<
            string,
            Readonly<{
              orders: readonly Readonly<{
                clientOrderId: string;
                status: string;
                signedMs: number | null;
                deadlineMs: number | null;
                acceptedMs: number;
                reason: string;
              }>[];
              fills: readonly Readonly<{ quantity: string }>[];
            }>
          >
        >;
      }>
    >
  >;
}>;

export const truthOf = async (exchange: SimulatedExchange): Promise<Truth> =>
  (await control(exchange, '/truth')) as unknown as Truth;
