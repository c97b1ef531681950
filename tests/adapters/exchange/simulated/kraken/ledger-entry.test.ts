import { expect, test } from 'vitest';
import { startSimulatedExchange } from '../../../../../adapters/exchange/simulated/start.ts';
import { kraken } from '../raw-client.ts';

test('QueryLedgers: the entries of Ledgers that are named, and no other', async () => {
  const exchange = await startSimulatedExchange({ historyMinutes: 60, clock: { mode: 'manual' }, fillChunks: 1 });
  try {
    await kraken(exchange, 'AddOrder', { pair: 'XBTUSD', type: 'buy', ordertype: 'market', volume: '0.01' });
    const { ledger } = (await kraken(exchange, 'Ledgers')).result as { ledger: Record<string, unknown> };
    const [first = '', second = ''] = Object.keys(ledger);
    const asked = async (id: string) => (await kraken(exchange, 'QueryLedgers', { id })).result;
    expect(await asked(second)).toEqual({ [second]: ledger[second] });
    expect(await asked(`${first},${second}`)).toEqual({ [first]: ledger[first], [second]: ledger[second] });
    expect((await kraken(exchange, 'QueryLedgers')).error).toEqual(['EGeneral:Invalid arguments:id']);
  } finally {
    await exchange.close();
  }
});
