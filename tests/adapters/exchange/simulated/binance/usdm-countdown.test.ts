import { expect, test } from 'vitest';
import { startSimulatedExchange } from '../../../../../adapters/exchange/simulated/start.ts';
import { binance, control, listen } from '../raw-client.ts';

test("the countdown of a symbol cancels its waiting stops too, another symbol's stay", async () => {
  const exchange = await startSimulatedExchange({ historyMinutes: 60, clock: { mode: 'manual' } });
  try {
    const { body } = await binance(exchange, 'POST /bfut/fapi/v1/listenKey');
    const user = await listen(exchange, `/bfut/private/ws?listenKey=${String(body.listenKey)}`);
    const stop = { algoType: 'CONDITIONAL', side: 'SELL', type: 'STOP_MARKET', quantity: '0.1' };
    for (const [symbol, triggerPrice] of [
      ['BTCUSDT', '20000'],
      ['ETHUSDT', '500'],
    ] as const) {
      const placed = { ...stop, symbol, triggerPrice, clientAlgoId: `stop-${symbol}` };
      expect((await binance(exchange, 'POST /bfut/fapi/v1/algoOrder', placed)).status).toBe(200);
    }
    const limit = {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '0.01',
      price: '50000',
    };
    await binance(exchange, 'POST /bfut/fapi/v1/order', limit);
    await binance(exchange, 'POST /bfut/fapi/v1/countdownCancelAll', { symbol: 'BTCUSDT', countdownTime: 5_000 });
    await control(exchange, '/advance', { ms: 6_000 });
    const waiting = (await binance(exchange, 'GET /bfut/fapi/v1/openAlgoOrders')).body;
    expect(waiting).toMatchObject([{ symbol: 'ETHUSDT' }]);
    expect((await binance(exchange, 'GET /bfut/fapi/v1/openOrders')).body).toEqual([]);
    await user.settled();
    const events = user.frames.map((frame) => JSON.parse(frame) as { e: string; o?: { caid?: string; X?: string } });
    const ended = events.filter(({ o }) => o?.X === 'CANCELED').map(({ e, o }) => [e, o?.caid]);
    expect(ended).toEqual(
      expect.arrayContaining([
        ['ALGO_UPDATE', 'stop-BTCUSDT'],
        ['ORDER_TRADE_UPDATE', undefined],
      ]),
    );
    expect(ended).toHaveLength(2);
  } finally {
    await exchange.close();
  }
});
