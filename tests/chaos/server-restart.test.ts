import { Client } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { connectTemporal } from '../../adapters/temporal/client/connect.ts';
import { needsServer } from '../temporal-server.ts';
import { killableServer } from './killable-server.ts';

const rounds = 3;
const signalsARound = 20;

async function connect(address: string) {
  const { connection } = await connectTemporal({
    settings: { address, namespace: 'default', givenBy: undefined, access: {} },
  });
  return { client: new Client({ connection }), close: () => connection.close() };
}

describe('a server that is killed and started again on its file', () => {
  needsServer();

  test('has every workflow and every signal that it had acknowledged, and none twice', async () => {
    const server = await killableServer();
    const expected: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { client, close } = await connect(server.address);
      const options = { workflowId: 'kept', taskQueue: 'nobody-polls', workflowExecutionTimeout: '1 hour' };
      const handle = await client.workflow.start('anything', {
        ...options,
        workflowIdConflictPolicy: 'USE_EXISTING',
        searchAttributes: { StrategyId: ['STR-001'] },
      });
      for (let n = 0; n < signalsARound; n += 1) {
        const name = `signal-${round}-${n}`;
        await handle.signal(name);
        expected.push(name);
      }
      await server.kill();
      await close();
      await server.restart();
    }

    const { client, close } = await connect(server.address);
    const { events } = await client.workflow.getHandle('kept').fetchHistory();
    const signals = events?.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? []);
    expect(signals).toEqual(expected);
    const found = await Array.fromAsync(client.workflow.list({ query: 'StrategyId = "STR-001"' }));
    expect(found.map(({ workflowId, status }) => [workflowId, status.name])).toEqual([['kept', 'RUNNING']]);
    await close();
  }, 60_000);
});
