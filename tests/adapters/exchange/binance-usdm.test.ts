import { exchangeContract } from '../../contracts/exchange.ts';
import { binanceUsdmVenue, simulatedStand } from '../../contracts/exchange/simulated-stand.ts';

exchangeContract('Binance USD-M', simulatedStand(binanceUsdmVenue));
