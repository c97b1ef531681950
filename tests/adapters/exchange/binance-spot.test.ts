import { describe, expect, test } from 'vitest';
import { exchangeContract } from '../../contracts/exchange.ts';
import { binanceSpotVenue, simulatedStand } from '../../contracts/exchange/simulated-stand.ts';
import { accept, low, withStandOf } from '../../contracts/exchange/stand.ts';

exchangeContract('Binance spot', simulatedStand(binanceSpotVenue));

describe('Binance spot: the firewall in front of the API (403) says not until when', () => {
  const withStand = withStandOf(simulatedStand(binanceSpotVenue));

  test(
    'orders wait for minutes, cancels are tried again and again',
    withStand(async (stand) => {
      const { exchange, symbol, fault } = stand;
      const { intent } = await accept(stand, low);
      await fault({ kind: 'http', on: 'cancels', status: 403 });
      const refused = await exchange.cancelOrder(intent);
      expect(refused).toMatchObject({ kind: 'failed', failure: { kind: 'rateLimited', guessed: true } });
      await expect(exchange.payToSend(symbol)).rejects.toMatchObject({ failure: { kind: 'rateLimited' } });
      await expect.poll(() => exchange.cancelOrder(intent), { timeout: 20_000 }).toMatchObject({ kind: 'canceled' });
      const failure = { kind: 'rateLimited', retryAfterMs: expect.any(Number) };
      const waiting = await exchange.payToSend(symbol).catch((thrown: unknown) => thrown);
      expect(waiting).toMatchObject({ failure });
    }),
  );
});
