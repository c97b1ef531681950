import { TestWorkflowEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import { provideTestServer } from '../../../adapters/temporal/test-server.ts';

describe('the time-skipping test server', () => {
  test('skips thirty days', async ({ skip }) => {
    const provided = await provideTestServer();
    if ('unavailable' in provided) return skip(`no test server: ${provided.unavailable}`);
    const executable = { type: 'existing-path' as const, path: provided.path };
    const environment = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
    try {
      const before = await environment.currentTimeMs();
      await environment.sleep('30 days');
      expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(30 * 86_400_000);
    } finally {
      await environment.teardown();
    }
  });
});
