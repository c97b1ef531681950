import { afterEach, describe, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { control } from './raw-client.ts';
import { truthOf } from './truth.ts';

const running: SimulatedExchange[] = [];

afterEach(async () => {
  for (const exchange of running.splice(0)) await exchange.close();
});

async function start(): Promise<SimulatedExchange> {
  const exchange = await startSimulatedExchange({ historyMinutes: 60, clock: { mode: 'manual' } });
  running.push(exchange);
  return exchange;
}

const fault = (exchange: SimulatedExchange, body: object) => control(exchange, '/fault', body);
const advance = (exchange: SimulatedExchange, ms: number) => control(exchange, '/advance', { ms });

describe('faults that last', () => {
  const mode = async (exchange: SimulatedExchange) => {
    await advance(exchange, 100);
    const { result } = (await (await fetch(`${exchange.url}/kr/0/public/SystemStatus`)).json()) as {
      result: { status: string };
    };
    return result.status;
  };

  test('maintenance obeys venue, chance and time, and is logged as one strike', async () => {
    const exchange = await start();
    await fault(exchange, { kind: 'maintenance', match: { venue: 'binance' } });
    await fault(exchange, { kind: 'maintenance', p: 1e-9 });
    expect(await mode(exchange)).toBe('online');
    const nowMs = exchange.simulation.wireMs();
    await fault(exchange, {
      kind: 'maintenance',
      p: 1,
      fromMs: nowMs + 1_000,
      toMs: nowMs + 3_000,
      args: { mode: 'post_only' },
    });
    expect(await mode(exchange)).toBe('online');
    await advance(exchange, 1_000);
    expect(await mode(exchange)).toBe('post_only');
    expect(await mode(exchange)).toBe('post_only');
    await advance(exchange, 3_000);
    expect(await mode(exchange)).toBe('online');
    expect((await truthOf(exchange)).faults.strikes).toMatchObject([{ kind: 'maintenance', at: 'krakenSpot' }]);
  });

  test('a skewed clock is logged as a strike', async () => {
    const exchange = await start();
    await fault(exchange, { kind: 'clock-skew', args: { ms: -2_000 } });
    expect((await truthOf(exchange)).faults).toMatchObject({ active: [], strikes: [{ kind: 'clock-skew' }] });
  });

  test.each([
    [{ kind: 'maintenance', count: 1 }, 'count: expected none'],
    [{ kind: 'clock-skew', count: 1, args: { ms: 1 } }, 'count: expected none'],
    [{ kind: 'clock-skew', match: { venue: 'kraken' }, args: { ms: 1 } }, 'expected args.ms alone'],
  ])('%j is refused', async (body, message) => {
    expect((await fault(await start(), body)).error).toContain(message);
  });
});
