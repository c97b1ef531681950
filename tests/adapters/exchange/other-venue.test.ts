import { exchangeContract } from '../../contracts/exchange.ts';
import { otherVenue, simulatedStand } from '../../contracts/exchange/simulated-stand.ts';

exchangeContract('a venue through ccxt’s unified calls', simulatedStand(otherVenue));
