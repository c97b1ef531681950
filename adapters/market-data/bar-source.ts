import type { BarSource } from '../../core/ports/market-data.ts';
import { listBars } from './list-bars.ts';
import { loadMarkets } from './load-markets.ts';

/** The bars of this machine: the store, the sample, and files that a request names. */
export const localBars: BarSource = { list: listBars, load: loadMarkets };
