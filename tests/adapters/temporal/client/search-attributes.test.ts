import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectTemporal } from '../../../../adapters/temporal/client/connect.ts';
import { ensureSearchAttributes } from '../../../../adapters/temporal/client/search-attributes.ts';
import { searchAttributes } from '../../../../adapters/temporal/server/arguments.ts';
import { startDevServer } from '../../../../adapters/temporal/server/dev-server.ts';
import { freePort } from '../../../../adapters/temporal/server/ports.ts';
import { needsServer, noServerReason } from '../../../temporal-server.ts';

const namespace = 'default';
const { INDEXED_VALUE_TYPE_TEXT: text } = proto.temporal.api.enums.v1.IndexedValueType;

describe('ensureSearchAttributes', () => {
  needsServer();

  let connection: Connection;
  beforeAll(async () => {
    if (noServerReason !== undefined) return undefined;
    const server = await startDevServer({ port: await freePort(), uiPort: 'none', dbFile: 'memory' });
    const settings = { address: server.address, namespace, givenBy: undefined, access: {} };
    ({ connection } = await connectTemporal({ settings }));
    return async () => {
      await connection.close();
      await server.stop();
    };
  });

  const remove = (...names: readonly string[]) =>
    connection.operatorService.removeSearchAttributes({ namespace, searchAttributes: [...names] });

  test('our server has them all from the start', async () => {
    expect(await ensureSearchAttributes(connection, namespace)).toEqual({
      usable: searchAttributes,
      added: [],
      leftOut: [],
    });
  });

  test('missing ones are added', async () => {
    await remove('Tier', 'Venue');
    expect(await ensureSearchAttributes(connection, namespace)).toEqual({
      usable: searchAttributes,
      added: ['Tier', 'Venue'],
      leftOut: [],
    });
  });

  test('two who add at once both find them', async () => {
    await remove('Tier');
    const both = await Promise.all([1, 2].map(() => ensureSearchAttributes(connection, namespace)));
    expect(both.map(({ usable }) => usable)).toEqual([searchAttributes, searchAttributes]);
  });

  test('one of another type is left out, the others are used', async () => {
    await remove('Tier');
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: { Tier: text } });
    onTestFinished(async () => void (await remove('Tier')));
    expect(await ensureSearchAttributes(connection, namespace)).toEqual({
      usable: searchAttributes.filter((name) => name !== 'Tier'),
      added: [],
      leftOut: ['Tier: of type Text, expected Keyword'],
    });
  });

  test('where they cannot even be read, none are used and it says why', async () => {
    const { usable, leftOut } = await ensureSearchAttributes(connection, 'nowhere');
    expect(usable).toEqual([]);
    expect(leftOut).toHaveLength(searchAttributes.length);
    expect(leftOut[0]).toMatch(/^StrategyId: .*nowhere/);
  });
});
