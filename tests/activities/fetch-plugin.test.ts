import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, describe, expect, test } from 'vitest';
import { createPluginActivities } from '../../activities/plugins.ts';
import { openFetchHalves } from '../../adapters/sources/fetch-halves.ts';
import { answering, type Handler, jumpingClock, localProvider } from '../adapters/http/local-provider.ts';
import { recorded, settings, temporaryFolder } from '../adapters/sources/fetched.ts';
import { testPluginPorts } from '../plugin-ports.ts';

const path = '/api/v2/public/get_book_summary_by_currency';
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

/** The plugin activities with real halves that ask a local server. */
async function activities(handler: Handler) {
  const folder = temporaryFolder();
  const { network } = await localProvider(handler);
  const fetchHalves = openFetchHalves({
    network,
    clock: jumpingClock(),
    environment: {},
    settings: settings(),
    folder,
  });
  const ports = { ...testPluginPorts(folder), fetchHalves };
  closing.push(() => ports.pluginCompute.close());
  const mock = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  return { ...createPluginActivities(ports), mock };
}

describe('a source plugin in a workflow', () => {
  test('is fetched, and its payload is what runPlugin takes', async () => {
    const answer = answering({ [path]: JSON.parse(recorded('deribit-book-summary-ETH.json')) });
    const { fetchPlugin, runPlugin, mock } = await activities(answer);
    const payload = await mock.run(fetchPlugin, 'alpha_risk_reversal', { currency: 'ETH' });
    const output = await mock.run(runPlugin, 'alpha_risk_reversal', payload, { tenorDays: 17 });
    expect(output).toMatchObject({ tenorDays: 17, extrapolated: false });
  });

  test('fails for good where a key is missing, and for now where there were too many requests', async () => {
    const limited: Handler = (_, response) => {
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '900' }).end('{}');
    };
    const { fetchPlugin, mock } = await activities(limited);
    const missing = mock.run(fetchPlugin, 'alpha_etf_flow_div', { provider: 'sosovalue' });
    await expect(missing).rejects.toMatchObject({ type: 'NotAuthorized', nonRetryable: true });
    const later = mock.run(fetchPlugin, 'alpha_risk_reversal', { currency: 'BTC' });
    await expect(later).rejects.toMatchObject({
      type: 'RateLimited',
      nonRetryable: false,
      message: expect.stringContaining('another try in 900 s'),
    });
  });

  test('stops asking when it is cancelled', async () => {
    const { fetchPlugin, mock } = await activities(() => mock.cancel('CANCELLED'));
    await expect(mock.run(fetchPlugin, 'alpha_risk_reversal', {})).rejects.toThrow('CANCELLED');
  });
});
