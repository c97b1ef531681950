import { exchangeContract } from '../../contracts/exchange.ts';
import { krakenVenue, simulatedStand } from '../../contracts/exchange/simulated-stand.ts';

exchangeContract('Kraken spot', simulatedStand(krakenVenue));
