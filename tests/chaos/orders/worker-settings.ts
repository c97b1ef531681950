import type { OrderSettings } from '../../../config/orders.ts';
import type { VenueTraits } from '../../../core/ports/exchange.ts';
import type { PlantedBug } from './planted.ts';

/** What the supervisor tells a worker of an episode, as JSON in `CHAOS_WORKER`. */
export type ChaosWorker = Readonly<{
  /** Of the Temporal server, through this worker's link. */
  address: string;
  namespace: string;
  bundle: string;
  storeFile: string;
  /** The exchange, through its link. */
  venue: string;
  baseUrl: string;
  keys: Readonly<{ apiKey: string; secret: string }>;
  traits?: Partial<VenueTraits>;
  settings: OrderSettings;
  callsFile: string;
  strike?: string;
  /** A bug that is to be seen. */
  planted?: PlantedBug;
}>;

export const chaosAccount = 'chaos-main';
